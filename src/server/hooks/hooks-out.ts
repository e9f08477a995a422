import type { Disposable } from '../../core/ports.ts';
import type { ShownSession } from '../../dashboard/sessions.ts';
import type { Event } from '../../protocol/events.ts';
import { stateOf } from '../api/deliveries.ts';
import type { HookFile, HookOut } from '../hook-file.ts';
import type { Workspace } from '../workspace.ts';
import { Teller, type TellerParts } from './tell.ts';
import { deliveriesToTell, type Told, toldOf } from './words.ts';

/** Who else delivers is not heard: it is looked what has become of it. */
const LOOK_MS = 5000;

interface Parts extends TellerParts {
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
export class HooksOut implements Disposable {
  readonly #parts: Parts;
  readonly #heard = new Map<ShownSession, Disposable>();
  readonly #life: Disposable[] = [];
  readonly #tellers = new Map<string, Teller>();
  readonly #seen = new Map<string, Map<string, string>>();
  #look: Disposable | undefined;
  #over = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const workspace of parts.workspaces) {
      const { sessions } = workspace.host;
      this.#hear(workspace);
      this.#life.push(sessions.onChange(() => this.#hear(workspace)));
    }
    void this.#lookAgain();
  }

  dispose(): void {
    this.#over = true;
    this.#look?.dispose();
    for (const each of [...this.#life, ...this.#heard.values(), ...this.#tellers.values()]) each.dispose();
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
        if (told) void this.#tell(told, `${state.session}-${key}`, { ...about, at });
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
      void this.#tell({ ...told, event }, id, { workspace: name, delivery, at: this.#parts.clock.now() });
    }
  }

  async #out(): Promise<HookOut[]> {
    return (await this.#parts.hooks.all()).filter(each => each.kind === 'out');
  }

  async #tell(told: Told, id: string, about: About): Promise<void> {
    const { event, text, of } = told;
    const url = this.#parts.page(about.workspace, about.session);
    const body = JSON.stringify({ id, event, text: `${text} ${url}`, url, ...about });
    const wanted = (await this.#out().catch(() => [])).filter(hook => hook.of.includes(of));
    if (this.#over) return;
    for (const hook of wanted) {
      let teller = this.#tellers.get(hook.name);
      if (!teller || teller.hook.secret !== hook.secret) {
        teller?.dispose();
        teller = new Teller(hook, this.#parts);
        this.#tellers.set(hook.name, teller);
      }
      teller.tell({ id, body });
    }
  }
}
