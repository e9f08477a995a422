import { openBugs } from '../../core/session/open-bugs.ts';
import { standing } from '../../core/session/standing.ts';
import type { SessionState } from '../../core/session/state.ts';
import { toldChecks } from '../../core/session/told-checks.ts';
import type { OpenRun, Pulse, RunEnd, RunRequest, Runs } from '../../core/station/contract.ts';
import { spentForAll } from '../../core/team/budget-watch.ts';
import type { HandedImage } from '../../protocol/attached.ts';
import type { Config } from '../../protocol/config.ts';
import type { SessionOutcome } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import { showMoney } from '../../protocol/show.ts';
import type { Refused, ResumeRequest, RunningSession, Runtime, Started, StartRequest } from '../contract.ts';

export interface RunsHost {
  runtime: Pick<Runtime, 'list' | 'follow'>;
  startSession(request: StartRequest | ResumeRequest): Promise<Started>;
  /** What was handed in with the work. */
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;
  /** Goes before all that is configured. */
  flags: Config;
  rehearse?: string;
}

/**
 * Runs as sessions: in the folder of the workspace, where they have to be alone, or each in a working tree of its own, side by
 * side. What cannot land goes back to who wrote it.
 */
export function sessionRuns({ runtime, startSession, getBlob, flags, rehearse }: RunsHost): Runs {
  const models = rehearse === undefined ? {} : { rehearse };
  const more: More = (session, text, target) =>
    startSession({
      kind: 'resume',
      session,
      more: [{ text, ...(target !== undefined && { target }) }],
      flags,
      ...models,
    });
  return {
    alone: ({ deliver }) => !deliver,
    async open(request) {
      const known = (await runtime.list()).find(({ id }) => id === request.session);
      const goesOn = known?.outcome === 'interrupted' || (request.again && known?.outcome === 'budget-spent');
      const ended = known?.outcome !== undefined && !goesOn ? await stateOf(runtime, request.session) : undefined;
      const fix = ended && unlanded(ended)?.fix;
      // What has ended is not begun again: the process died before the team could say so, or before it had landed.
      const lands = ended?.tree !== undefined && ended.outcome?.outcome === 'completed' && !ended.delivered;
      if (ended && !lands && fix === undefined) return { ok: true, run: overRun(ended) };
      const started =
        fix !== undefined
          ? await more(request.session, fix, ended?.delivered?.author)
          : await startSession(
              known === undefined
                ? { ...startOf(request), ...(await imagesOf(request, getBlob)), flags, ...models }
                : { kind: 'resume', session: request.session, flags, ...models },
            );
      if (!started.ok) {
        const retry = RETRIES[started.reason];
        return { ok: false, message: refusalText(started), begun: known !== undefined, ...(retry && { retry }) };
      }
      if (request.unpause && started.session.journal.state.status === 'paused')
        started.session.request({ kind: 'unpause' });
      return { ok: true, run: openRun(started.session, more) };
    },
  };
}

/** What another time may bring. */
const RETRIES: Partial<Record<Refused['reason'], 'soon' | 'unanswered'>> = {
  owned: 'soon',
  'no-provider': 'unanswered',
};

const startOf = ({ session, goal, plan, members, deliver }: RunRequest) => ({
  kind: 'new' as const,
  session,
  goal,
  plan,
  members,
  deliver,
});

/** As far as they are still there. */
async function imagesOf(
  { attached = [] }: RunRequest,
  getBlob: RunsHost['getBlob'],
): Promise<{ images?: HandedImage[] }> {
  const found = await Promise.all(attached.map(async image => ({ ...image, content: await getBlob(image.blob) })));
  const images = found.flatMap(({ artifact: name, mediaType, content: bytes }) =>
    bytes ? [{ name, mediaType, bytes }] : [],
  );
  return images.length > 0 ? { images } : {};
}

const ENDS: Record<SessionOutcome, RunEnd['outcome']> = {
  completed: 'completed',
  failed: 'failed',
  aborted: 'aborted',
  'budget-spent': 'budget-spent',
  interrupted: 'interrupted',
};

/** Asks for more in a session that has ended, of a member or role where one is named. */
type More = (session: string, text: string, target: string | undefined) => Promise<Started>;

/** How often its author is asked to make it fit its target. */
const MENDS = 2;

function openRun(first: RunningSession, more: More): OpenRun {
  let session = first;
  const listeners = new Set<() => void>();
  let broke = false;
  let aborted: string | undefined;
  const follow = () =>
    session.journal.subscribe(({ type }) => {
      const { state } = session.journal;
      const before = broke;
      broke = waitsForMoney(state);
      // A new day has brought some, and there is nobody else who would say that it goes on.
      if (type === 'budget-changed' && before && !broke && state.status === 'paused')
        session.request({ kind: 'unpause' });
      if (TELLING.has(type)) for (const changed of listeners) changed();
    });
  const toTheEnd = async (): Promise<RunEnd> => {
    for (let mends = 0; ; mends++) {
      const following = follow();
      const outcome = await session.done;
      following.dispose();
      const { state } = session.journal;
      if (outcome === 'interrupted' && aborted !== undefined)
        return { ...endOf(state, outcome), outcome: 'aborted', reason: aborted };
      const stuck = outcome === 'completed' ? unlanded(state) : undefined;
      const started =
        stuck?.fix !== undefined && mends < MENDS ? await more(session.id, stuck.fix, stuck.author) : undefined;
      if (!started?.ok) return endOf(state, outcome);
      session = started.session;
    }
  };
  return {
    done: toTheEnd(),
    pulse: () => pulseOf(session.journal.state),
    // In a working tree of its own it changes nothing here.
    changed: () => (session.journal.state.tree ? new Map() : session.journal.state.written),
    watch(changed) {
      listeners.add(changed);
      return { dispose: () => listeners.delete(changed) };
    },
    stop: reason => session.stop(reason),
    abort(reason) {
      aborted = reason;
      // Also while it lands.
      void session.request({ kind: 'abort', reason }).finally(() => session.stop(reason));
    },
    setAside: reason => setAside(session, reason),
  };
}

/** Nobody begins another turn; when the last one is over, it stops. */
function setAside(session: RunningSession, reason: string): void {
  const { journal } = session;
  session.request({ kind: 'pause', reason });
  const look = () => {
    const { state } = journal;
    const busy = [...state.agents.values()].some(agent => AT_WORK.has(standing(state, agent)));
    if (!busy && state.openChecks.size === 0) session.stop(reason);
  };
  journal.subscribe(look);
  look();
}

const AT_WORK: ReadonlySet<string> = new Set(['running', 'pausing']);

/** Came to its target, or waits for a yes there, or there was nothing to bring. */
const LANDED: ReadonlySet<string> = new Set(['landed', 'waiting', 'nothing']);

/** What keeps work that is done from its target; undefined: nothing but somebody's yes. */
const unlanded = ({ outcome, delivered }: SessionState): SessionState['delivered'] =>
  outcome?.outcome === 'completed' && delivered && !LANDED.has(delivered.outcome) ? delivered : undefined;

/** It may have been stopped after its end, while it landed. */
const reasonOf = ({ outcome: said }: SessionState, outcome: SessionOutcome): string =>
  said?.outcome === outcome ? said.reason : outcome;

const endOf = (state: SessionState, outcome: SessionOutcome): RunEnd => ({
  outcome: outcome === 'completed' && unlanded(state) ? 'failed' : ENDS[outcome],
  reason: [reasonOf(state, outcome), ...(state.delivered ? [state.delivered.message] : [])].join('; '),
  ms: state.activeMs,
  cost: state.tally.cost,
  tokens: state.tally.usage.input + state.tally.usage.output,
  wrote: state.written.size > 0,
  bugs: openBugs(state),
  checks: toldChecks(state),
  ...(outcome === 'budget-spent' && state.budget.spent?.scope === 'day' && { until: tomorrow(state.lastAt ?? 0) }),
});

/** A day's money is that of a day where the user is. */
const tomorrow = (at: number): number => new Date(at).setHours(24, 0, 0, 0);

async function stateOf(runtime: RunsHost['runtime'], session: string): Promise<SessionState | undefined> {
  const ended = new AbortController();
  const followed = await runtime.follow(session, () => {}, ended.signal);
  ended.abort();
  return followed?.state;
}

/** A session that ended before anybody of the team heard of it. */
function overRun(state: SessionState): OpenRun {
  return {
    done: Promise.resolve(endOf(state, state.outcome?.outcome ?? 'interrupted')),
    // It is over, and silent for that.
    pulse: () => ({ lastAt: Number.POSITIVE_INFINITY, asks: [], local: false }),
    changed: () => (state.tree ? new Map() : state.written),
    watch: () => ({ dispose() {} }),
    stop() {},
    abort() {},
    setAside() {},
  };
}

const TELLING: ReadonlySet<string> = new Set([
  'budget-alert',
  'budget-spent',
  'budget-changed',
  'session-paused',
  'session-unpaused',
  'permission-asked',
  'permission-answered',
  'question-asked',
  'question-answered',
]);

function pulseOf(state: SessionState): Pulse {
  const limit = state.budget.limits.find(({ scope }) => scope === 'session')?.limit;
  const asks = [...state.asks.values()].map(({ ask, agent, request }) =>
    request.type === 'permission-asked'
      ? { ask, agent, kind: 'permission' as const, what: request.what }
      : { ask, agent, kind: 'question' as const, what: request.text },
  );
  return {
    lastAt: state.lastAt ?? 0,
    asks,
    ...(limit !== undefined && limit > 0 && { spent: state.tally.cost / limit }),
    local: state.budget.spent?.action === 'local' && state.status !== 'paused',
    ...(waitsForMoney(state) && { broke: brokeText(state) }),
  };
}

const waitsForMoney = (state: SessionState) => state.status === 'paused' && spentForAll(state) !== undefined;

function brokeText({ session, budget }: SessionState): string {
  const { scope, limit } = budget.spent ?? {};
  const amount = limit === undefined ? '' : ` of ${showMoney(limit)}`;
  return scope === 'day'
    ? `the day's budget${amount} is spent: it waits for the next day, or for more (budget.dayUsd)`
    : `its budget${amount} is spent: orchestrate budget USD ${session}`;
}

/** Why a session of the team does not begin, in words for its queue. */
function refusalText(refused: Refused): string {
  switch (refused.reason) {
    case 'config':
      return `the configuration has errors: ${refused.problems[0]?.message ?? 'see orchestrate doctor'}`;
    case 'owned':
      return `its session is held by process ${refused.owner.pid}`;
    case 'no-provider':
      return 'no provider that is set up answers: orchestrate doctor';
    case 'no-route':
      return 'no route leads to a provider that answers: orchestrate doctor';
    case 'no-price':
      return `it is not known what ${refused.model} costs`;
    case 'no-script':
      return `there is no rehearsal "${refused.name}"`;
    case 'limit':
    case 'delivery':
      return refused.message;
    case 'elsewhere':
    case 'missing':
    case 'other-models':
    case 'unattended':
      return `its session cannot go on (${refused.reason})`;
  }
}
