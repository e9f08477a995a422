import type { Disposable } from '../../core/ports.ts';
import type { ShownSession } from '../../dashboard/sessions.ts';
import type { Event } from '../../protocol/events.ts';
import { stateOf } from '../api/deliveries.ts';
import type { HookFile, HookOut } from '../hook-file.ts';
import type { Outbox } from '../outbox.ts';
import type { Workspace } from '../workspace.ts';
import { Teller, type TellerParts } from './tell.ts';
import { deliveriesToTell, type Told, toldOf } from './words.ts';

/** Deliveries of other processes are not announced: their outcome has to be looked up. */
const LOOK_MS = 5000;

interface Parts extends TellerParts {
  outbox: Outbox;
  hooks: HookFile;
  workspaces: readonly Workspace[];
  /** Where a person looks at it. */
  page(workspace: string, session: string | undefined): string;
}

interface About {
  workspace: string;
  session?: string;
  delivery?: string;
  at: number;
}

/** Tells addresses of what wants a person, and of what came to an end. */
export class HooksOut {
  readonly #parts: Parts;
  readonly #heard = new Map<ShownSession, Disposable>();
  readonly #life: Disposable[] = [];
  readonly #tellers = new Map<string, Teller>();
  readonly #seen = new Map<string, Map<string, string>>();
  readonly #telling = new Set<Promise<void>>();
  #look: Disposable | undefined;
  #over = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const workspace of parts.workspaces) {
      const { sessions } = workspace.host;
      this.#hear(workspace);
      this.#life.push(sessions.onChange(() => this.#hear(workspace)));
    }
    void this.#takeOver();
    void this.#lookAgain();
  }

  /** What has not been taken stays in the outbox. */
  async close(): Promise<void> {
    this.#look?.dispose();
    for (const each of [...this.#life, ...this.#heard.values()]) each.dispose();
    await Promise.all(this.#telling);
    this.#over = true;
    for (const teller of this.#tellers.values()) teller.dispose();
    await Promise.all([...this.#tellers.values()].map(teller => teller.kept()));
  }

  #hear({ name, host }: Workspace): void {
    const shown = host.sessions.sessions;
    for (const session of shown) {
      if (this.#heard.has(session)) continue;
      const { state } = session;
      const about = { workspace: name, session: state.session };
      // The same question is the same letter, whenever it is told.
      const take = (event: Event, seq: number, at: number) => {
        const key = 'ask' in event ? event.ask : seq;
        const told = toldOf(event);
        if (told) this.#tell(told, `${state.session}-${key}`, { ...about, at });
      };
      this.#heard.set(
        session,
        session.subscribe(event => take(event, event.seq, event.at)),
      );
      // What was asked before anybody listened is asked still.
      if (session.runs) for (const { request, at } of state.asks.values()) take(request, 0, at);
    }
    for (const [session, heard] of this.#heard) {
      if (shown.includes(session)) continue;
      heard.dispose();
      this.#heard.delete(session);
    }
  }

  async #lookAgain(): Promise<void> {
    const wanted = (await this.#out().catch(() => [])).some(({ of }) => of.includes('delivery'));
    for (const workspace of wanted ? this.#parts.workspaces : []) {
      // A folder without git delivers nothing.
      const state = await stateOf(workspace).catch(() => undefined);
      if (state) this.#compare(workspace, deliveriesToTell(state));
    }
    if (!this.#over) this.#look = this.#parts.clock.after(LOOK_MS, () => void this.#lookAgain());
  }

  #compare({ name }: Workspace, now: Map<string, Told>): void {
    const before = this.#seen.get(name);
    this.#seen.set(name, new Map([...now].map(([delivery, { event }]) => [delivery, event])));
    // What stood there when the server began is no news.
    if (!before) return;
    for (const [delivery, told] of now) {
      if (before.get(delivery) === told.event) continue;
      const [event = ''] = told.event.split(' ');
      const id = `${delivery}-${told.event.replace(' ', '-')}`;
      this.#tell({ ...told, event }, id, { workspace: name, delivery, at: this.#parts.clock.now() });
    }
  }

  async #out(): Promise<HookOut[]> {
    return (await this.#parts.hooks.all()).filter(each => each.kind === 'out');
  }

  #tell(told: Told, id: string, about: About): void {
    const telling = this.#write(told, id, about).finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  async #write(told: Told, id: string, about: About): Promise<void> {
    const { event, text, of } = told;
    const url = this.#parts.page(about.workspace, about.session);
    const body = JSON.stringify({ id, event, text: `${text} ${url}`, url, ...about });
    const wanted = (await this.#out().catch(() => [])).filter(hook => hook.of.includes(of));
    if (this.#over) return;
    for (const hook of wanted) this.#tellerOf(hook).tell({ id, body, at: about.at, tries: 0 });
  }

  /** What an earlier server could not tell any more; hooks that were removed since are told nothing. */
  async #takeOver(): Promise<void> {
    const { outbox, log } = this.#parts;
    try {
      const left = await outbox.takeOver();
      const hooks = left.length > 0 ? await this.#out() : [];
      for (const kept of left) {
        const hook = hooks.find(({ name }) => name === kept.hook);
        if (!hook) await outbox.drop(kept);
        else if (!this.#over) this.#tellerOf(hook).tell(kept.letter);
      }
    } catch (error) {
      log.write('error', 'what earlier servers have not told could not be read', error);
    }
  }

  #tellerOf(hook: HookOut): Teller {
    const known = this.#tellers.get(hook.name);
    if (known?.hook.secret === hook.secret) return known;
    known?.dispose();
    const teller = new Teller(hook, this.#parts);
    this.#tellers.set(hook.name, teller);
    return teller;
  }
}
