import * as vscode from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import { systemClock } from '../../node/clock.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { plural } from '../../protocol/show.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import type { TeamNode } from '../station/member-items.ts';
import type { StandingTeam } from '../station/standing-team.ts';
import type { WindowSession } from '../window-session.ts';
import { itemOf } from './items.ts';
import { type Node, Nodes } from './nodes.ts';
import { Pace } from './pace.ts';

/** Longer than rows take to be drawn. */
const REVEAL_MS = 700;
/** Changes of the team come in showers. */
const TEAM_MS = 250;
const TEAM_AGE_MS = 10_000;

/** Most folders have no team: how its rows are drawn is loaded with the first of them. */
const drawing = () => import('../station/member-items.ts');

const TEAM: TeamNode = { kind: 'team', id: 'team' };
const ofTeam = (node: Node | TeamNode): node is TeamNode => node.kind === 'team' || node.kind === 'member';

/**
 * The standing team's members where one stands, and sessions, their phases and tasks, and the agents at work on them. Empty,
 * it leaves the place to the welcome view.
 */
export class AgentsView implements vscode.TreeDataProvider<Node | TeamNode>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<Node | TeamNode | Node[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: SessionController;
  readonly #view: vscode.TreeView<Node | TeamNode>;
  readonly #team: StandingTeam;
  readonly #members = new Map<string, TeamNode>();
  #teamStood = false;
  #teamSoon: Disposable | undefined;
  readonly #nodes = new Map<WindowSession, Nodes>();
  readonly #pace: Pace;
  #shown: readonly WindowSession[] = [];
  /** Which sessions there were and who ran them, when all rows were drawn last. */
  #standing = '';
  /** Who was brought into view last. */
  #brought: string | undefined;
  #bringing: NodeJS.Timeout | undefined;
  /** Something changed while nobody saw it. */
  #stale = false;

  constructor(controller: SessionController, team: StandingTeam) {
    this.#controller = controller;
    this.#team = team;
    this.#view = this.#store.add(
      vscode.window.createTreeView('orchestrate.agents', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#pace = this.#store.add(
      new Pace({
        clock: systemClock,
        nodesOf: session => this.#of(session),
        running: () => this.#shown.filter(({ runs }) => runs),
        draw: nodes => this.#draw(nodes),
      }),
    );
    this.#store.add(
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.#stale) this.#drawAll();
      }),
    );
    this.#store.add(controller.onChange(() => this.#sessionsChanged()));
    this.#store.add(team.onChange(() => this.#teamChanged()));
    this.#store.add(
      controller.onEvent(({ session, event }) => {
        this.#pace.took(session, event);
        this.#bring(session, event);
        this.#badge();
      }),
    );
  }

  getChildren(node?: Node | TeamNode): (Node | TeamNode)[] {
    if (node && ofTeam(node)) return node.kind === 'team' ? this.#teamMembers() : [];
    if (node) return this.#of(node.session).children(node);
    this.#shown = [...this.#controller.sessions];
    this.#teamStood = this.#team.runs;
    return [...(this.#teamStood ? [TEAM] : []), ...this.#shown.map(session => this.#of(session).root)];
  }

  getParent(node: Node | TeamNode): Node | TeamNode | undefined {
    if (ofTeam(node)) return node.kind === 'member' ? TEAM : undefined;
    return this.#of(node.session).parent(node);
  }

  getTreeItem(node: Node | TeamNode): vscode.TreeItem | Promise<vscode.TreeItem> {
    if (ofTeam(node)) return drawing().then(({ rowOf }) => rowOf(node, this.#team, Date.now()));
    const { session } = node;
    const twin = this.#shown.some(other => other !== session && other.state.goal === session.state.goal);
    return itemOf(node, Date.now(), twin);
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node | TeamNode): Promise<vscode.TreeItem> {
    const now = Date.now();
    item.tooltip = ofTeam(node)
      ? (await drawing()).sheetOf(node, this.#team, now)
      : (await import('./tooltips.ts')).tooltipOf(node, now);
    return item;
  }

  #teamMembers(): TeamNode[] {
    return [...(this.#team.state?.members.keys() ?? [])].map(member => {
      const known = this.#members.get(member) ?? { kind: 'member', id: `member/${member}`, member };
      this.#members.set(member, known);
      return known;
    });
  }

  /** Only the rows of its members, while there is a team. */
  #teamChanged(): void {
    this.#teamSoon ??= systemClock.after(TEAM_MS, () => {
      this.#teamSoon = undefined;
      if (this.#team.runs !== this.#teamStood || !this.#view.visible) return this.#drawAll();
      if (this.#teamStood) this.#changed.fire(TEAM);
      this.#growOlder();
    });
  }

  #growOlder(): void {
    const busy = [...(this.#team.state?.members.values() ?? [])].some(({ run }) => run !== undefined);
    if (this.#team.runs && busy) this.#teamSoon ??= systemClock.after(TEAM_AGE_MS, () => this.#teamAged());
  }

  #teamAged(): void {
    this.#teamSoon = undefined;
    this.#teamChanged();
  }

  /** Who begins to work, or asks, comes into view, where that is open; what the person has chosen stays chosen. */
  #bring(session: WindowSession, event: JournalEvent): void {
    const asks = event.type === 'permission-asked' || event.type === 'question-asked';
    if ((!asks && event.type !== 'agent-started') || this.#bringing) return;
    const { agents } = session.state;
    const works = (agent: string | undefined) => {
      const known = agent === undefined ? undefined : agents.get(agent);
      return known?.task !== undefined && known.endedAt === undefined;
    };
    // As long as the one in view works nobody else is brought: thirty of them would chase each other.
    if (!asks && works(this.#brought)) return;
    this.#bringing = setTimeout(() => {
      this.#bringing = undefined;
      const agent = works(event.agent) ? event.agent : [...agents.keys()].find(works);
      if (agent === undefined || !this.#view.visible) return;
      this.#brought = agent;
      void this.#view
        .reveal(this.#of(session).agent(agent), { select: false, focus: false })
        .then(undefined, () => undefined);
      // The row has to be drawn first.
    }, REVEAL_MS);
  }

  dispose(): void {
    clearTimeout(this.#bringing);
    this.#teamSoon?.dispose();
    this.#store.dispose();
  }

  #of(session: WindowSession): Nodes {
    let nodes = this.#nodes.get(session);
    if (!nodes) {
      nodes = new Nodes(session);
      this.#nodes.set(session, nodes);
    }
    return nodes;
  }

  #sessionsChanged(): void {
    const { sessions } = this.#controller;
    this.#badge();
    const standing = sessions.map(({ id, place }) => `${id} ${place}`).join();
    const same = sessions.length === this.#shown.length && sessions.every((session, i) => session === this.#shown[i]);
    if (same && standing === this.#standing) return;
    this.#standing = standing;
    this.#shown = [...sessions];
    for (const session of this.#nodes.keys()) if (!sessions.includes(session)) this.#nodes.delete(session);
    this.#drawAll();
  }

  #draw(nodes: Node[]): void {
    const known = nodes.filter(({ session }) => this.#shown.includes(session));
    if (!this.#view.visible) this.#stale = true;
    else if (known.length > 0) this.#changed.fire(known);
  }

  #drawAll(): void {
    this.#stale = false;
    this.#pace.forget();
    this.#changed.fire(undefined);
  }

  #badge(): void {
    const waiting = this.#controller.sessions
      .filter(({ runs }) => runs)
      .reduce((sum, { state }) => sum + state.asks.size, 0);
    if ((this.#view.badge?.value ?? 0) === waiting) return;
    const tooltip = plural(
      waiting,
      vscode.l10n.t('1 question waits for you'),
      vscode.l10n.t('{0} questions wait for you', waiting),
    );
    this.#view.badge = waiting > 0 ? { value: waiting, tooltip } : undefined;
  }
}
