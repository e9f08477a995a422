import { Readable, Writable } from 'node:stream';
import type {
  ClientConnection,
  ContentBlock,
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
  WorkerLogin,
  WorkerOpening,
  WorkerPermission,
  WorkerProof,
  WorkerSession,
  WorkerTurn,
} from '../core/worker/contract.ts';
import type { ImagePart } from '../protocol/message.ts';
import { Answers, AUTH_REQUIRED, DETAIL } from './answers.ts';
import { AskingProof } from './asking.ts';
import { placeOf, writeInside } from './places.ts';
import type { WorkerProcess } from './process.ts';
import { modeIn, modelIn, modelOf, modelsOf, modesOf, ToolUses, usageOf } from './read.ts';

type Sdk = typeof import('@agentclientprotocol/sdk');

export interface AcpOptions extends WorkerOpening {
  clock: Clock;
  version: string;
  tellsUsage: boolean;
  held: boolean;
  /** The mode in which it asks before it acts, where it has modes. */
  mode?: string;
  /** Without a login it offers models whose names begin so, and no others. */
  loginless?: string;
  /** Whether it is yet to be proved that it asks. */
  unproved: boolean;
  /** It has shown that it asks. */
  proved: () => void;
  /** Sent along with the new session. */
  meta?: Record<string, unknown>;
}

/** From its start to a session. */
const READY_MS = 60_000;

type AuthStatus = { authStatus?: { kind?: string } } | null | undefined;

/** What a model says and does. */
const ANSWERS: ReadonlySet<string> = new Set([
  'tool_call',
  'tool_call_update',
  'agent_message_chunk',
  'agent_thought_chunk',
  'plan',
]);
/** Until the first sign of an answer where nobody is logged in. */
const LOGINLESS_MS = 30_000;

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
  sees = false;
  readonly held: boolean;
  readonly #sdk: Sdk;
  readonly #program: WorkerProcess;
  readonly #options: AcpOptions;
  readonly #listener: WorkerListener;
  readonly #tools: ToolUses;
  readonly #connection: ClientConnection;
  readonly #answers: Answers;
  /** What each of its sessions has cost so far. */
  readonly #costs = new Map<string, number>();
  /** The mode that each of them told of last. */
  readonly #modes = new Map<string, string>();
  login: WorkerLogin = 'unknown';
  unproved: boolean;
  #proof: AskingProof | undefined;
  /** A first sign of an answer has come. */
  #heard = (): void => undefined;
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
    this.held = options.held;
    this.unproved = options.unproved;
    const { client, methods, ndJsonStream, RequestError } = sdk;
    const input = Writable.toWeb(program.input) as WritableStream<Uint8Array>;
    const output = Readable.toWeb(program.output) as ReadableStream<Uint8Array>;
    this.#connection = client({ name: 'orchestrate' })
      .onNotification(methods.client.session.update, ({ params }) => this.#update(params))
      // Some tell of it without being asked, outside of the protocol.
      .onNotification(
        '_auth/status_update',
        params => params as AuthStatus,
        ({ params }) => {
          this.login = params?.authStatus?.kind === 'none' ? 'none' : 'there';
        },
      )
      .onRequest(methods.client.session.requestPermission, async ({ params }) => {
        const signal = this.#signal;
        if (signal.aborted) return chosen('cancelled', params.options);
        if (this.#proof?.session === params.sessionId) {
          this.#proof.asked = true;
          return chosen('deny', params.options);
        }
        const tool = this.#tools.take(params.toolCall);
        this.#listener.update({ type: 'tool', tool });
        return chosen(await this.#listener.permit(tool, signal), params.options);
      })
      .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
        const place = placeOf(options.folder, params.path);
        const refused = this.#signal.aborted ? 'The turn is over.' : await this.#listener.refuseWrite(place);
        if (refused !== undefined) throw RequestError.invalidParams(undefined, refused);
        if (!(await writeInside(options.folder, place.path, params.content)))
          throw RequestError.invalidParams(undefined, 'A link leads out of the folder.');
        return {};
      })
      .connect(ndJsonStream(input, output));
    // How it ended is told by the process.
    this.#connection.closed.catch(() => undefined);
    this.#answers = new Answers({ program, connection: this.#connection, RequestError, clock: options.clock });
  }

  /** Undefined: it is ready. */
  async start(signal: AbortSignal): Promise<WorkerFailure | undefined> {
    const { startError } = this.#program;
    if (startError !== undefined) return { ok: false, reason: 'not-found', message: startError };
    const { methods, PROTOCOL_VERSION } = this.#sdk;
    const answered = await this.#answers.limited(READY_MS, signal, async () => {
      const { protocolVersion, agentCapabilities } = await this.#connection.agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        // With reading through us, some cannot make a new file.
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: true } },
        clientInfo: { name: 'orchestrate', version: this.#options.version },
      });
      if (protocolVersion !== PROTOCOL_VERSION) throw new Error(`it speaks version ${protocolVersion} of the protocol`);
      this.sees = agentCapabilities?.promptCapabilities?.image === true;
      return this.#openSession();
    });
    if ('ok' in answered) return answered;
    const { session, mode } = answered.value;
    const { mode: wanted } = this.#options;
    if (mode && wanted !== undefined && mode.now !== wanted) {
      const message = `it works in mode "${mode.now}" and not in "${wanted}", in which it asks`;
      return { ok: false, reason: 'unasked', message };
    }
    this.#id = session.sessionId;
    const { loginless } = this.#options;
    if (loginless !== undefined && this.login === 'unknown')
      this.login = modelsOf(session)?.some(name => !name.startsWith(loginless)) ? 'there' : 'none';
    const model = modelOf(session);
    if (model !== undefined) this.#listener.update({ type: 'model', model });
    return undefined;
  }

  /** A new session in the mode in which it asks, with the mode that it is in as it tells it itself. */
  async #openSession(): Promise<{ session: NewSessionResponse; mode: ReturnType<typeof modesOf> }> {
    const { methods } = this.#sdk;
    const { folder, meta, mode: wanted } = this.#options;
    const session = await this.#connection.agent.request(methods.agent.session.new, {
      cwd: folder,
      mcpServers: [],
      ...(meta && { _meta: meta }),
    });
    const { sessionId } = session;
    const mode = modesOf(session);
    if (!mode || wanted === undefined || mode.now === wanted || !mode.offered.includes(wanted))
      return { session, mode };
    await this.#connection.agent.request(methods.agent.session.setMode, { sessionId, modeId: wanted });
    // Whoever tells of the change is believed, and whoever took the request without a word.
    return { session, mode: { ...mode, now: this.#modes.get(sessionId) ?? wanted } };
  }

  async prove(signal: AbortSignal): Promise<WorkerProof> {
    const proof = new AskingProof(this.#options.folder);
    const begun = await this.#answers.limited(READY_MS, signal, () => this.#openSession());
    if ('ok' in begun) return { asks: 'unclear', said: '', turn: begun };
    proof.session = begun.value.session.sessionId;
    this.#proof = proof;
    const turn = await this.#turn(proof.session, proof.text, signal);
    this.#proof = undefined;
    const asks = await proof.verdict();
    if (asks === 'yes') {
      this.unproved = false;
      this.#options.proved();
    }
    // Refused, some end their turn as cancelled: it is over all the same.
    const cancelled = turn.ok && turn.stop === 'cancelled' && !signal.aborted;
    return { asks, said: proof.said.trim(), turn: cancelled ? { ...turn, stop: 'end' } : turn };
  }

  prompt(text: string, images: readonly ImagePart[], signal: AbortSignal): Promise<WorkerTurn> {
    return this.#turn(this.#id, text, signal, images);
  }

  async #turn(
    sessionId: string,
    text: string,
    signal: AbortSignal,
    images: readonly ImagePart[] = [],
  ): Promise<WorkerTurn> {
    if (signal.aborted) return { ok: true, stop: 'cancelled' };
    const { methods } = this.#sdk;
    const shown = images.map(({ mediaType: mimeType, data }) => ({ type: 'image' as const, mimeType, data }));
    const prompt: ContentBlock[] = [{ type: 'text', text }, ...shown];
    this.#signal = signal;
    const cancel = () =>
      void this.#connection.agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answered = await this.#answers.unlessIgnored(signal, () =>
        this.#unlessSilent(() =>
          this.#connection.agent.request(methods.agent.session.prompt, {
            sessionId,
            prompt,
          }),
        ),
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

  /** Without a login some try to reach a model for minutes before they say so. */
  async #unlessSilent<T>(ask: () => Promise<T>): Promise<T> {
    if (this.login !== 'none') return ask();
    const silence = Promise.withResolvers<never>();
    const message = 'nobody is logged in, and no model answers';
    const timer = this.#options.clock.after(LOGINLESS_MS, () =>
      silence.reject(new this.#sdk.RequestError(AUTH_REQUIRED, message)),
    );
    this.#heard = () => timer.dispose();
    try {
      return await Promise.race([ask(), silence.promise]);
    } finally {
      timer.dispose();
    }
  }

  async end(): Promise<void> {
    this.#signal = AbortSignal.abort();
    await this.#program.end();
    this.#connection.close();
  }

  #update({ update, sessionId }: SessionNotification): void {
    const listener = this.#listener;
    if (ANSWERS.has(update.sessionUpdate)) this.#heard();
    if (this.#proof?.session === sessionId && this.#proves(this.#proof, update)) {
      listener.update({ type: 'alive' });
      return;
    }
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
        this.#costs.set(sessionId, Math.round(update.cost.amount * 1e9));
        listener.update({ type: 'cost', cost: [...this.#costs.values()].reduce((sum, cost) => sum + cost, 0) });
        return;
      case 'current_mode_update':
        this.#modes.set(sessionId, update.currentModeId);
        break;
      case 'config_option_update': {
        const mode = modeIn(update.configOptions);
        if (mode) this.#modes.set(sessionId, mode.now);
        const model = modelIn(update.configOptions);
        if (model === undefined) break;
        listener.update({ type: 'model', model });
        return;
      }
    }
    listener.update({ type: 'alive' });
  }

  /** What it says and does for the proof is nobody's work. */
  #proves(proof: AskingProof, update: SessionNotification['update']): boolean {
    if (update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update') proof.tried = true;
    if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
      proof.said = (proof.said + update.content.text).slice(0, DETAIL);
    return ANSWERS.has(update.sessionUpdate);
  }
}
