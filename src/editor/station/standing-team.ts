import * as vscode from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { SessionOwner } from '../../core/session/store.ts';
import type { StationState } from '../../core/station/contract.ts';
import type { TeamWords } from '../../core/station/resolve.ts';
import type { Place } from '../../dashboard/followed-session.ts';
import type { StationRequest } from '../../protocol/station.ts';
import type { AgreesToWorkflows, Answered, RunningStation, StartedStation } from '../../runtime/contract.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';

/** What a window that is reloaded goes on with. */
const KEPT = 'orchestrate.standingTeam';
/** How often to check that the process that runs it is still there. */
const OWNER_MS = 3000;
/** The process of a window that was reloaded takes a few seconds to end. */
const LETTING_GO_MS = 500;
const MOST_TRIES = 40;

interface Kept extends TeamWords {
  rehearse?: string;
}

export interface StandingTeamParts {
  controller: SessionController;
  log: vscode.LogOutputChannel;
  memory: vscode.Memento;
}

/** The workspace's standing team as this window sees it: run here, followed elsewhere, or only its queue. */
export class StandingTeam implements vscode.Disposable {
  readonly #parts: StandingTeamParts;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #over = new AbortController();
  #running: RunningStation | undefined;
  #owner: SessionOwner | undefined;
  #followed: Promise<{ readonly view: { state: StationState } }> | undefined;
  #view: { readonly state: StationState } | undefined;
  #eye: NodeJS.Timeout | undefined;
  #closing = false;
  /** It came with the folder: nothing of it is acted on. */
  foreign = false;

  constructor(parts: StandingTeamParts) {
    this.#parts = parts;
  }

  /** Undefined as long as there is none, and none has been looked for. */
  get state(): StationState | undefined {
    return this.#running?.state ?? this.#view?.state;
  }

  get place(): Place {
    if (this.#running) return 'here';
    return this.#owner ? 'elsewhere' : 'nowhere';
  }

  get owner(): SessionOwner | undefined {
    return this.#owner;
  }

  get runs(): boolean {
    return this.place !== 'nowhere';
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.event(listener);
  }

  /** Whether that session is one of its own, with which it goes on by itself. */
  has(session: string): boolean {
    return [...(this.state?.runs.values() ?? [])].some(run => run.session === session);
  }

  /** Follows what is there. */
  async look(): Promise<void> {
    this.#followed ??= this.#follow();
    await this.#followed;
    await this.#lookForOwner();
  }

  /** Goes on where a window that was reloaded had stopped, by the time at which its last process has let go. */
  async restore(): Promise<void> {
    const { memory, log } = this.#parts;
    const kept = memory.get<Kept>(KEPT);
    if (!kept) return;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const started = await this.start(kept);
      if (started.ok) return this.#sayGoesOn();
      if (started.reason !== 'owned') {
        log.warn('The standing team could not go on', started);
        return memory.update(KEPT, undefined);
      }
      // Another window that runs it, or a terminal, goes on with it.
      if (started.owner.host !== 'editor' || this.#closing) return;
      await new Promise<void>(resolve => setTimeout(resolve, LETTING_GO_MS));
    }
  }

  #sayGoesOn(): void {
    const { t } = vscode.l10n;
    const stop = t('Stop');
    void window.showInformationMessage(t('The standing team of this workspace goes on.'), stop).then(chosen => {
      if (chosen === stop) void vscode.commands.executeCommand('orchestrate.stopTeam');
    });
  }

  async start(words: Kept, agrees?: AgreesToWorkflows): Promise<StartedStation> {
    const { controller, memory } = this.#parts;
    const runtime = await controller.runtime();
    const started = await runtime.station.start({
      ...words,
      ...(agrees && { agrees }),
      startSession: request => controller.startSession(request),
    });
    if (started.ok) {
      const { station } = started;
      this.#running = station;
      await memory.update(KEPT, { ...words });
      const heard = station.subscribe(() => this.#tell());
      void station.done.then(() => {
        heard.dispose();
        this.#running = undefined;
        if (!this.#closing) void memory.update(KEPT, undefined);
        this.#tell();
      });
    }
    await this.look();
    this.#tell();
    return started;
  }

  /** Asks whoever runs it, and the queue where nobody does. */
  async ask(body: StationRequest): Promise<Answered> {
    const runtime = await this.#parts.controller.runtime();
    const answered = await runtime.station.ask(body, this.#over.signal);
    await this.look();
    return answered;
  }

  /** Stops what runs here so that it can go on, and waits until it is written. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running?.stop('the window was closed');
  }

  dispose(): void {
    this.#closing = true;
    clearTimeout(this.#eye);
    this.#over.abort();
    this.#store.dispose();
  }

  async #follow() {
    const runtime = await this.#parts.controller.runtime();
    const followed = await runtime.station.follow(({ type }) => {
      this.#tell();
      if (OWNERSHIP.has(type)) void this.#lookForOwner();
    }, this.#over.signal);
    this.foreign = followed.origin !== 'own';
    this.#view = followed.view;
    this.#tell();
    return followed;
  }

  /** Who was killed says nothing. */
  async #lookForOwner(): Promise<void> {
    clearTimeout(this.#eye);
    if (this.#over.signal.aborted) return;
    const runtime = await this.#parts.controller.runtime();
    const owner = await runtime.station.owner();
    if (owner?.since !== this.#owner?.since) {
      this.#owner = owner;
      this.#tell();
    }
    if (owner && !this.#over.signal.aborted)
      this.#eye = setTimeout(() => void this.#lookForOwner().catch(this.#failed), OWNER_MS);
  }

  readonly #failed = (error: unknown) => this.#parts.log.warn('The owner of the standing team is not known', error);

  #tell(): void {
    if (this.#store.disposed) return;
    const set = (name: string, value: boolean) =>
      void vscode.commands.executeCommand('setContext', `orchestrate.${name}`, value);
    const members = [...(this.state?.members.values() ?? [])];
    set('teamRuns', this.runs);
    set('teamPaused', this.runs && this.state?.paused === true);
    set('memberPaused', this.runs && members.some(({ paused }) => paused));
    this.#changed.fire();
  }
}

const OWNERSHIP: ReadonlySet<string> = new Set(['station-started', 'station-stopped']);
