import type { Clock, Http, Processes, ProcessOutcome } from '../ports.ts';

export interface Part {
  run: string;
  health: string;
}

export interface PartsHost {
  processes: Processes;
  http: Http;
  clock: Clock;
}

export interface PartsOptions {
  start: readonly Part[];
  /** How long each may take until its health address answers. */
  seconds: number;
}

const LOOK_MS = 100;
const OUTPUT_LIMIT = 16 * 1024;
/** Longer than any check takes; they are ended when it is over. */
const LIFE_MS = 3_600_000;

/** Puts the parts' ports in: `{port}` is the part's own, `{port1}` that of the first. */
export function withPorts(text: string, ports: readonly number[], own: number): string {
  return text.replace(/\{port(\d*)\}/g, (whole, number: string) =>
    String((number === '' ? ports[own] : ports[Number(number) - 1]) ?? whole),
  );
}

export type UsedParts<T> = { ok: true; value: T } | { ok: false; output: string };

/** Starts the parts one after the other, each when the one before it answers, and ends them when `use` is done. */
export async function withParts<T>(
  host: PartsHost,
  { start, seconds }: PartsOptions,
  use: (ports: readonly number[]) => Promise<T>,
  signal: AbortSignal,
): Promise<UsedParts<T>> {
  const end = new AbortController();
  const stopped = AbortSignal.any([signal, end.signal]);
  const ports = await Promise.all(start.map(() => host.http.freePort()));
  const running: Promise<unknown>[] = [];
  try {
    for (const [i, part] of start.entries()) {
      const command = withPorts(part.run, ports, i);
      const env = { PORT: String(ports[i]), HOST: '127.0.0.1' };
      let ended: ProcessOutcome | undefined;
      const life = host.processes
        .run({ command, env, timeoutMs: LIFE_MS, outputLimit: OUTPUT_LIMIT }, stopped)
        .then(outcome => {
          ended = outcome;
        });
      running.push(life);
      const health = withPorts(part.health, ports, i);
      const why = await healthy(host, health, seconds, () => ended, stopped);
      if (why !== undefined) {
        end.abort();
        await life;
        return {
          ok: false,
          output: [`${command}: ${why}`, (ended as ProcessOutcome | undefined)?.output ?? ''].join('\n').trim(),
        };
      }
    }
    return { ok: true, value: await use(ports) };
  } finally {
    end.abort();
    await Promise.allSettled(running);
  }
}

/** Undefined as soon as the address answers well; else why it will not. */
async function healthy(
  { http, clock }: PartsHost,
  url: string,
  seconds: number,
  ended: () => ProcessOutcome | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const until = clock.monotonic() + seconds * 1000;
  let last = 'nobody listens there';
  for (;;) {
    signal.throwIfAborted();
    const over = ended();
    if (over)
      return `ended (${over.exit === undefined ? over.ended : `exit code ${over.exit}`}) before ${url} answered`;
    const answer = await http.exchange({ method: 'GET', url, headers: {} }, signal).catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (answer && answer.status < 400) return undefined;
    if (answer) last = `it answers ${answer.status}`;
    if (clock.monotonic() >= until) return `${url} did not answer within ${seconds} s: ${last}`;
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
  }
}
