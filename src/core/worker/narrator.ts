import type { AgentStream } from '../agent/contract.ts';
import type { Clock, Log, NewId } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { WorkerTool, WorkerToolKind, WorkerUpdate } from './contract.ts';

export interface NarratorHost {
  journal: Journal;
  clock: Clock;
  newId: NewId;
  stream?: AgentStream;
  log?: Log;
}

const EFFECTS = {
  read: 'read',
  search: 'read',
  edit: 'write',
  execute: 'command',
  fetch: 'foreign',
  think: 'none',
  other: 'foreign',
} as const satisfies Record<WorkerToolKind, string>;
const SHOWN = 100;
/** Of an output; the CLI agent itself has seen all of it. */
const KEPT = 2000;
const PULSE_MS = 1000;

const short = (text: string) => {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
};

interface Using {
  call: string;
  started: number;
}

/** Tells the journal, the views and the supervisor what a CLI agent does. */
export class Narrator {
  readonly #host: NarratorHost;
  readonly #agent: string;
  readonly #pulse: (() => void) | undefined;
  readonly #using = new Map<string, Using>();
  readonly #announced = new Set<string>();
  readonly #over = new Set<string>();
  #stream: AgentStream | undefined;
  #pulsed = Number.NEGATIVE_INFINITY;
  #doing = '';
  /** What it said in the turn under way. */
  #said: string[] = [];
  /** Uses of tools in its whole life. */
  uses = 0;

  constructor(host: NarratorHost, agent: string, pulse: (() => void) | undefined) {
    this.#host = host;
    this.#agent = agent;
    this.#pulse = pulse;
    this.#stream = host.stream;
  }

  tellFrom(call: string, model: string): void {
    this.#said = [];
    this.#show({ type: 'attempt', call, model });
  }

  /** All that it said since the turn began. */
  get said(): string {
    return this.#said.join('').trim();
  }

  take(update: WorkerUpdate): void {
    this.#alive();
    switch (update.type) {
      case 'text':
        this.#said.push(update.text);
        this.#show({ type: 'text', text: update.text });
        return;
      case 'thought':
        this.#show({ type: 'reasoning', text: update.text });
        return;
      case 'plan':
        if (update.now !== undefined) this.#does(`${short(update.now)} (${update.done + 1} of ${update.of})`);
        return;
      case 'tool':
        this.#tool(update.tool);
        return;
      case 'alive':
      case 'cost':
      case 'model':
        return;
    }
  }

  /** What it still did is over with its processes. */
  close(): void {
    for (const id of [...this.#using.keys()]) this.#end(id, { ok: false, refusal: 'interrupted' }, '');
  }

  #tool(tool: WorkerTool): void {
    const { id, title, status, output = '' } = tool;
    if (this.#over.has(id)) return;
    this.#does(title);
    if (!this.#using.has(id) && this.#known(tool)) this.#startUse(tool);
    if (status === 'completed') this.#end(id, { ok: true }, output);
    else if (status === 'failed') this.#end(id, { ok: false, refusal: 'failed' }, output);
  }

  /** Many tell of a use before they tell what it is: then the next word of it is waited for. */
  #known({ id, status, command, paths }: WorkerTool): boolean {
    if (command !== undefined || paths.length > 0 || status !== 'running' || this.#announced.has(id)) return true;
    this.#announced.add(id);
    return false;
  }

  #startUse({ id, kind, title, command, paths }: WorkerTool): void {
    const { newId, clock, journal } = this.#host;
    this.uses++;
    const call = newId('use');
    this.#using.set(id, { call, started: clock.monotonic() });
    // A text after a use is a paragraph of its own.
    if (this.#said.length > 0) this.#said.push('\n\n');
    const [path] = paths;
    const args = { title: short(title), ...(command !== undefined && { command }), ...(path && { path: path.path }) };
    journal.append({
      type: 'tool-intent',
      agent: this.#agent,
      call,
      tool: kind,
      effect: EFFECTS[kind],
      // Two uses of which nothing is told but a title are not the same use.
      args: command === undefined && !path ? { ...args, use: this.uses } : args,
    });
  }

  #end(id: string, how: { ok: true } | { ok: false; refusal: string }, output: string): void {
    const using = this.#using.get(id);
    if (!using) return;
    this.#using.delete(id);
    this.#over.add(id);
    const { journal, clock } = this.#host;
    const text = output.length > KEPT ? `${output.slice(0, KEPT)}…` : output;
    const ms = Math.round(clock.monotonic() - using.started);
    journal.append({ type: 'tool-outcome', agent: this.#agent, call: using.call, ...how, output: { text }, ms });
  }

  #does(what: string): void {
    const doing = short(what);
    if (doing === '' || doing === this.#doing) return;
    this.#doing = doing;
    this.#host.journal.append({ type: 'agent-doing', agent: this.#agent, what: doing });
  }

  #alive(): void {
    const now = this.#host.clock.monotonic();
    if (now - this.#pulsed < PULSE_MS) return;
    this.#pulsed = now;
    this.#pulse?.();
  }

  #show(event: Parameters<AgentStream>[1]): void {
    try {
      this.#stream?.(this.#agent, event);
    } catch (error) {
      this.#host.log?.write('error', 'A listener to the stream threw', error);
      this.#stream = undefined;
    }
  }
}
