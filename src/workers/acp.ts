import { Readable, Writable } from 'node:stream';
import type {
  ClientConnection,
  NewSessionResponse,
  PermissionOption,
  PermissionOptionKind,
  RequestPermissionResponse,
  SessionNotification,
} from '@agentclientprotocol/sdk';
import type { Clock } from '../core/ports.ts';
import type {
  WorkerFailure,
  WorkerListener,
  WorkerOpening,
  WorkerPermission,
  WorkerSession,
  WorkerTurn,
} from '../core/worker/contract.ts';
import { placeOf, writeInside } from './places.ts';
import type { WorkerProcess } from './process.ts';
import { modelIn, modelOf, ToolUses, usageOf } from './read.ts';

type Sdk = typeof import('@agentclientprotocol/sdk');

export interface AcpOptions extends WorkerOpening {
  clock: Clock;
  version: string;
  tellsUsage: boolean;
  /** Sent along with the new session. */
  meta?: Record<string, unknown>;
}

/** From its start to a session. */
const READY_MS = 60_000;
/** What was asked to stop and does not is ended after so long. */
const CANCEL_MS = 10_000;
/** The protocol's error that wants a login. */
const AUTH_REQUIRED = -32000;
const DETAIL = 500;

const STOPS = {
  end_turn: 'end',
  max_tokens: 'max-tokens',
  max_turn_requests: 'max-turns',
  refusal: 'refusal',
  cancelled: 'cancelled',
} as const;

const WANTED: Record<'allow' | 'deny', PermissionOptionKind[]> = {
  // Never for always if it can be helped: it is we who remember, and the agent is to ask again.
  allow: ['allow_once', 'allow_always'],
  deny: ['reject_once', 'reject_always'],
};

function chosen(answer: WorkerPermission, options: readonly PermissionOption[]): RequestPermissionResponse {
  const kinds = answer === 'cancelled' ? [] : WANTED[answer];
  const option = kinds.map(kind => options.find(each => each.kind === kind)).find(each => each !== undefined);
  return { outcome: option ? { outcome: 'selected', optionId: option.optionId } : { outcome: 'cancelled' } };
}

/** Opens a session with an agent that speaks the protocol over its pipes. */
export async function openAcp(
  program: WorkerProcess,
  options: AcpOptions,
  signal: AbortSignal,
): Promise<{ ok: true; session: WorkerSession } | WorkerFailure> {
  const sdk = await import('@agentclientprotocol/sdk');
  const session = new AcpSession(sdk, program, options);
  const failure = await session.start(signal);
  if (!failure) return { ok: true, session };
  await session.end();
  return failure;
}

class AcpSession implements WorkerSession {
  readonly tellsUsage: boolean;
  readonly #sdk: Sdk;
  readonly #program: WorkerProcess;
  readonly #options: AcpOptions;
  readonly #listener: WorkerListener;
  readonly #tools: ToolUses;
  readonly #connection: ClientConnection;
  #id = '';
  /** Of the turn under way. */
  #signal = AbortSignal.abort();

  constructor(sdk: Sdk, program: WorkerProcess, options: AcpOptions) {
    this.#sdk = sdk;
    this.#program = program;
    this.#options = options;
    this.#listener = options.listener;
    this.#tools = new ToolUses(options.folder);
    this.tellsUsage = options.tellsUsage;
    const { client, methods, ndJsonStream, RequestError } = sdk;
    const input = Writable.toWeb(program.input) as WritableStream<Uint8Array>;
    const output = Readable.toWeb(program.output) as ReadableStream<Uint8Array>;
    this.#connection = client({ name: 'orchestrate' })
      .onNotification(methods.client.session.update, ({ params }) => this.#update(params))
      .onRequest(methods.client.session.requestPermission, async ({ params }) => {
        const signal = this.#signal;
        if (signal.aborted) return chosen('cancelled', params.options);
        const tool = this.#tools.take(params.toolCall);
        this.#listener.update({ type: 'tool', tool });
        return chosen(await this.#listener.permit(tool, signal), params.options);
      })
      .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
        const place = placeOf(options.folder, params.path);
        const refused = this.#signal.aborted ? 'The turn is over.' : this.#listener.refuseWrite(place);
        if (refused !== undefined) throw RequestError.invalidParams(undefined, refused);
        if (!(await writeInside(options.folder, place.path, params.content)))
          throw RequestError.invalidParams(undefined, 'A link leads out of the folder.');
        return {};
      })
      .connect(ndJsonStream(input, output));
    // How it ended is told by the process.
    this.#connection.closed.catch(() => undefined);
  }

  /** Undefined: it is ready. */
  async start(signal: AbortSignal): Promise<WorkerFailure | undefined> {
    const { startError } = this.#program;
    if (startError !== undefined) return { ok: false, reason: 'not-found', message: startError };
    const { methods, PROTOCOL_VERSION } = this.#sdk;
    const { folder, meta, version } = this.#options;
    const answered = await this.#limited(READY_MS, signal, async () => {
      const { protocolVersion } = await this.#connection.agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        // With reading through us, some cannot make a new file.
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: true } },
        clientInfo: { name: 'orchestrate', version },
      });
      if (protocolVersion !== PROTOCOL_VERSION) throw new Error(`it speaks version ${protocolVersion} of the protocol`);
      return this.#connection.agent.request(methods.agent.session.new, {
        cwd: folder,
        mcpServers: [],
        ...(meta && { _meta: meta }),
      });
    });
    if ('ok' in answered) return answered;
    this.#take(answered.value);
    return undefined;
  }

  async prompt(text: string, signal: AbortSignal): Promise<WorkerTurn> {
    if (signal.aborted) return { ok: true, stop: 'cancelled' };
    const { methods } = this.#sdk;
    this.#signal = signal;
    const cancel = () =>
      void this.#connection.agent.notify(methods.agent.session.cancel, { sessionId: this.#id }).catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answered = await this.#unlessIgnored(signal, () =>
        this.#connection.agent.request(methods.agent.session.prompt, {
          sessionId: this.#id,
          prompt: [{ type: 'text', text }],
        }),
      );
      if ('ok' in answered) return signal.aborted ? { ok: true, stop: 'cancelled' } : answered;
      const usage = usageOf(answered.value);
      // What had ended before it heard the cancel has ended.
      return { ok: true, stop: STOPS[answered.value.stopReason], ...(usage && { usage }) };
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#signal = AbortSignal.abort();
    }
  }

  async end(): Promise<void> {
    this.#signal = AbortSignal.abort();
    await this.#program.end();
    this.#connection.close();
  }

  #take(response: NewSessionResponse): void {
    this.#id = response.sessionId;
    const model = modelOf(response);
    if (model !== undefined) this.#listener.update({ type: 'model', model });
  }

  #update({ update }: SessionNotification): void {
    const listener = this.#listener;
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
      case 'agent_thought_chunk': {
        if (update.content.type !== 'text') break;
        const type = update.sessionUpdate === 'agent_message_chunk' ? 'text' : 'thought';
        listener.update({ type, text: update.content.text });
        return;
      }
      case 'tool_call':
      case 'tool_call_update':
        listener.update({ type: 'tool', tool: this.#tools.take(update) });
        return;
      case 'plan': {
        const { entries } = update;
        const now = entries.find(entry => entry.status === 'in_progress')?.content;
        const done = entries.filter(entry => entry.status === 'completed').length;
        listener.update({ type: 'plan', now, done, of: entries.length });
        return;
      }
      case 'usage_update':
        if (update.cost?.currency !== 'USD') break;
        listener.update({ type: 'cost', cost: Math.round(update.cost.amount * 1e9) });
        return;
      case 'config_option_update': {
        const model = modelIn(update.configOptions);
        if (model === undefined) break;
        listener.update({ type: 'model', model });
        return;
      }
    }
    listener.update({ type: 'alive' });
  }

  /** Like `limited`, without a limit until it is asked to stop. */
  async #unlessIgnored<T>(signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const patience = new AbortController();
    let timer: { dispose(): void } | undefined;
    const arm = () => {
      timer = this.#options.clock.after(CANCEL_MS, () => patience.abort());
    };
    signal.addEventListener('abort', arm, { once: true });
    try {
      return await this.#settled(patience.signal, run);
    } finally {
      signal.removeEventListener('abort', arm);
      timer?.dispose();
      if (patience.signal.aborted) await this.#program.end();
    }
  }

  async #limited<T>(ms: number, signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const limit = new AbortController();
    const timer = this.#options.clock.after(ms, () => limit.abort());
    try {
      return await this.#settled(AbortSignal.any([signal, limit.signal]), run);
    } finally {
      timer.dispose();
    }
  }

  /** Its answer, or why there is none: its error, its end, or that nobody waits any longer. */
  async #settled<T>(signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const over = Promise.withResolvers<WorkerFailure>();
    const leave = () => over.resolve({ ok: false, reason: 'failed', message: 'it did not answer in time' });
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const died = this.#program.exited.then(how => this.#dead(how));
    const answer = run().then(
      value => ({ value }),
      (error: unknown) => this.#failed(error),
    );
    try {
      return await Promise.race([answer, died, over.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #failed(error: unknown): Promise<WorkerFailure> {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof this.#sdk.RequestError) {
      const login = error.code === AUTH_REQUIRED;
      const detail = error.data === undefined ? '' : ` ${JSON.stringify(error.data).slice(0, DETAIL)}`;
      return { ok: false, reason: login ? 'needs-login' : 'failed', message: `${message}${detail}` };
    }
    if (this.#connection.signal.aborted) {
      // The pipe closes a moment before the process is gone: its end says more. Without a pipe it is of no use.
      const how = await Promise.race([this.#program.exited, this.#program.end().then(() => message)]);
      return this.#dead(how);
    }
    return { ok: false, reason: 'failed', message };
  }

  #dead(how: string): WorkerFailure {
    const { complaint } = this.#program;
    return { ok: false, reason: 'died', message: complaint === '' ? how : `${how}: ${complaint}` };
  }
}
