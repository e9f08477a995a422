import type { AgentStream } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import type { RequestOutcome } from '../core/session/inbox.ts';
import type { Origin } from '../core/session/seal.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner } from '../core/session/store.ts';
import type { Attached, HandedImage } from '../protocol/attached.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Hash } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { RunningSession, Runtime } from '../runtime/contract.ts';
import { AgentTexts } from './agent-texts.ts';
import { whatIsLeft } from './rows/next-steps.ts';
import type { ShownSession } from './sessions.ts';

/** Who writes a session's journal: this process, another one, or nobody. */
export type Place = 'here' | 'elsewhere' | 'nowhere';

/** A session of the workspace, whoever runs it; its state stays the same object while it changes hands. */
export class FollowedSession implements ShownSession {
  readonly id: string;
  readonly state: SessionState;
  readonly texts: AgentTexts;
  place: Place = 'nowhere';
  /** Others than the user's own are only shown. */
  origin: Origin = 'own';
  /** The process that runs or reviews it. */
  owner: SessionOwner | undefined;
  /** While this process runs it. */
  running: RunningSession | undefined;
  readonly #runtime: Runtime;
  readonly #listeners = new Set<(event: JournalEvent) => void>();
  readonly #streams = new Set<AgentStream>();
  readonly #over = new AbortController();

  constructor(id: string, state: SessionState, runtime: Runtime, texts = new AgentTexts()) {
    this.id = id;
    this.texts = texts;
    this.state = state;
    this.#runtime = runtime;
  }

  subscribe(listener: (event: JournalEvent) => void): Disposable {
    const entry = (event: JournalEvent) => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }

  onStream(listener: AgentStream): Disposable {
    const entry: AgentStream = (agent, event) => listener(agent, event);
    this.#streams.add(entry);
    return { dispose: () => this.#streams.delete(entry) };
  }

  async request(body: InboxRequest): Promise<RequestOutcome> {
    if (this.running) return this.running.request(body);
    return this.#runtime.ask(this.id, body, this.signal);
  }

  /** Puts images into it, for a request that names them. */
  keep(images: readonly HandedImage[]): Promise<Attached[]> {
    return this.#runtime.keep(this.id, images);
  }

  async getBlob(hash: Hash): Promise<Uint8Array | undefined> {
    return this.running ? this.running.journal.getBlob(hash) : this.#runtime.blob(this.id, hash);
  }

  /** Whether somebody works on it; an owner lets go a moment after the end. */
  get runs(): boolean {
    return this.place !== 'nowhere' && this.state.status !== 'ended';
  }

  /** Whether there is something left to run. */
  get resumable(): boolean {
    return this.#isFree && whatIsLeft(this.state, false).resumable;
  }

  /** Whether it stopped before its end, and not for want of money. */
  get cutOff(): boolean {
    const { outcome } = this.state;
    return !outcome || outcome.outcome === 'interrupted';
  }

  /** Whether it came to its end and could take more work. */
  get finished(): boolean {
    return this.#isFree && whatIsLeft(this.state, false).finished;
  }

  get #isFree(): boolean {
    return this.origin === 'own' && this.place === 'nowhere';
  }

  /** Aborts when nobody looks at it any more. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  told(event: JournalEvent): void {
    this.texts.take(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  streamed(agent: string, event: Parameters<AgentStream>[1]): void {
    this.texts.hear(agent, event);
    for (const stream of [...this.#streams]) stream(agent, event);
  }

  dispose(): void {
    this.#over.abort();
    this.#listeners.clear();
    this.#streams.clear();
  }
}
