import { imageFacts } from '../core/agent/tools/images.ts';
import { LARGEST_IMAGE } from '../core/agent/tools/show-image.ts';
import { toBase64 } from '../core/base64.ts';
import { kindOf } from '../core/plan/task-kinds.ts';
import type { Clock, Disposable, Log } from '../core/ports.ts';
import { type DashboardCommand, type Fetch, FromDashboard, type ToDashboard } from '../protocol/dashboard.ts';
import type { NextStep } from '../protocol/dashboard-rows.ts';
import type { RelPath } from '../protocol/ids.ts';
import { Publisher } from './publisher.ts';
import { firstToShow, waits } from './rows/next-steps.ts';
import type { Checklist } from './rows/session.ts';
import type { Readiness, SessionSource, ShownSession, TeamSource } from './sessions.ts';

const FETCHED_CHARACTERS = 200_000;

export interface ConnectionParts {
  source: SessionSource;
  clock: Clock;
  log: Log;
  checklist: Checklist;
  team?: TeamSource;
  post(message: ToDashboard): void;
  readiness(): Readiness;
  run(command: DashboardCommand): void;
  step(step: NextStep, session: string): void;
  openFile(path: RelPath, line: number | undefined): void;
  openTranscript(session: string, agent: string): void;
  retryTask(session: string, task: string): void;
  /** Translations of the page's texts. */
  texts: Record<string, string>;
  /** The page has drawn that update. */
  onDrawn(revision: number): void;
}

/** One side of the talk with one page: what the page says comes in here, what it is told goes out through `post`. */
export class Connection implements Disposable {
  readonly #parts: ConnectionParts;
  readonly #publisher: Publisher;
  readonly #listening: Disposable;
  #session: ShownSession | undefined;
  #listens = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#publisher = new Publisher({
      ...parts,
      onFailure: error => {
        parts.log.write('error', 'The dashboard could not be told', error);
        parts.post({ type: 'failed', message: said(error) });
      },
    });
    this.#listening = parts.source.onChange(() => this.#listed());
  }

  /** Everything anew, if the page listens. */
  show(): void {
    if (!this.#listens) return;
    const { source, readiness } = this.#parts;
    this.#publisher.show({ workspace: readiness(), sessions: source.sessions, session: this.#session });
  }

  /** To the session that waits for the person, unless that is what is shown. */
  goToWaiting(): void {
    if (!this.#session || waits(this.#session)) return;
    this.#show(this.#parts.source.sessions.find(waits) ?? this.#session);
  }

  /** The page is gone, or is not seen: VS Code keeps no page that is hidden. */
  hide(): void {
    this.#listens = false;
    this.#publisher.hide();
  }

  receive(raw: unknown): void {
    const parsed = FromDashboard.safeParse(raw);
    if (parsed.success) this.#handle(parsed.data);
    else this.#parts.log.write('warn', 'The dashboard sent a message of unknown form', parsed.error.issues);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#publisher.dispose();
  }

  #handle(message: FromDashboard): void {
    switch (message.type) {
      case 'ready':
        this.#listens = true;
        this.#parts.post({ type: 'texts', texts: this.#parts.texts });
        this.#session = this.#find(message.session) ?? this.#session ?? firstToShow(this.#parts.source.sessions);
        this.#publisher.watch(message.watch);
        this.show();
        break;
      case 'again':
        this.show();
        break;
      case 'drawn':
        this.#publisher.drawn(message.revision);
        this.#parts.onDrawn(message.revision);
        break;
      case 'choose':
        this.#show(this.#find(message.session) ?? this.#session);
        break;
      case 'watch':
        this.#publisher.watch(message.agent);
        break;
      case 'request':
        void this.#request(message);
        break;
      case 'fetch':
        void this.#fetch(message);
        break;
      case 'open-file':
        this.#parts.openFile(message.path, message.line);
        break;
      case 'open-transcript':
        this.#parts.openTranscript(message.session, message.agent);
        break;
      case 'retry-task':
        this.#parts.retryTask(message.session, message.task);
        break;
      case 'run':
        this.#parts.run(message.command);
        break;
      case 'reveal-task':
        break;
      case 'step':
        this.#parts.step(message.step, message.session);
        break;
    }
  }

  /** To that one, or to where there is none. */
  #show(session: ShownSession | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#publisher.watch(undefined);
    this.show();
  }

  #find(id: string | undefined): ShownSession | undefined {
    return this.#parts.source.sessions.find(({ state }) => state.session === id);
  }

  /** A new session, or one that waits for the person, takes the place of one that has ended; one that goes on keeps its place. */
  #listed(): void {
    const { sessions } = this.#parts.source;
    const shown = this.#session;
    const next = firstToShow(sessions);
    const same = sessions.find(session => session === shown || session.state.session === shown?.state.session);
    if (!same || this.#overtaken(same) || (!same.runs && next && waits(next))) this.#show(next);
    else if (same !== shown) this.#show(same);
    this.#publisher.listed(sessions);
  }

  /** Whether a session has begun since the one that is shown has ended. */
  #overtaken({ state }: ShownSession): boolean {
    const begun = this.#parts.source.sessions[0]?.state.startedAt;
    return state.status === 'ended' && begun !== undefined && begun > (state.workedAt ?? 0);
  }

  async #request({ request, session, body }: Extract<FromDashboard, { type: 'request' }>): Promise<void> {
    try {
      const found = this.#find(session);
      const outcome = found ? await found.request(body) : { ok: false, message: 'the session is gone' };
      this.#parts.post({ type: 'answer', request, ...outcome });
    } catch (error) {
      this.#parts.log.write('error', `The dashboard's request failed: ${body.kind}`, error);
      this.#parts.post({ type: 'answer', request, ok: false, message: said(error) });
    }
  }

  async #fetch({ request, session, what }: Extract<FromDashboard, { type: 'fetch' }>): Promise<void> {
    const found = this.#find(session);
    const text = found && (await textOf(found, what).catch(() => undefined));
    const shown = what.kind === 'picture' ? (text ?? '') : (text ?? '').slice(0, FETCHED_CHARACTERS);
    const omitted = (text ?? '').length - shown.length;
    this.#parts.post({ type: 'fetched', request, ok: text !== undefined, text: shown, omitted });
  }
}

async function textOf(session: ShownSession, what: Fetch): Promise<string | undefined> {
  if (what.kind === 'instructions') {
    const task = session.state.tasks.get(what.task)?.task;
    return task && kindOf(task).instructions(task);
  }
  const bytes = await session.getBlob(what.blob);
  if (what.kind === 'picture') return bytes && pictureOf(bytes);
  return bytes && new TextDecoder().decode(bytes);
}

/** What its bytes say it is counts: anything else is not shown as a picture. */
function pictureOf(bytes: Uint8Array): string | undefined {
  const facts = imageFacts(bytes);
  if (facts === undefined || facts === 'broken' || bytes.length > LARGEST_IMAGE) return undefined;
  return `data:${facts.mediaType};base64,${toBase64(bytes)}`;
}

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));
