import { type Account, EDITOR_MODELS } from '../../core/config/accounts.ts';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import type { SessionState, Tally } from '../../core/session/state.ts';
import { isWorkerProvider } from '../../core/worker/names.ts';
import { providerRow } from '../../dashboard/rows/money.ts';
import type { Row } from '../../protocol/dashboard-rows.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import { type ProviderStanding, standingOf } from '../../protocol/provider-standing.ts';

/** How a provider stands, as far as anybody asked it. */
export type Condition =
  | ProviderStanding
  | { kind: 'no-key' }
  /** The session used it, and it is no longer among what is set up. */
  | { kind: 'removed' }
  /** What the last check found. */
  | { kind: 'fault'; error: Diagnosis['error']; message?: string; advice?: string };

/** What calls of the session cost and how long they took; undefined where nothing was measured. */
export interface Figures {
  tally?: Tally;
  /** Wall time of a finished call, on average. */
  meanMs?: number;
  /** Share of finished calls that succeeded. */
  success?: number;
  switchesAway: number;
}

export interface ModelLine extends Figures {
  /** `provider/model` */
  model: string;
  /** Undefined: nothing is known against it. */
  condition?: ProviderStanding;
}

export interface ProviderLine extends Figures {
  id: string;
  name: string;
  label: string;
  local: boolean;
  /** One of the demo's scripted models, not an account of the person. */
  demo: boolean;
  account?: Account;
  condition: Condition;
  /** The latest finished calls, oldest first. */
  recent: Row<'providers'>['recent'];
  models: ModelLine[];
}

/** What the last check of a provider found. */
export interface Checked {
  at: number;
  diagnosis: Diagnosis;
}

export interface Known {
  accounts: readonly Account[];
  checks: ReadonlyMap<string, Checked>;
  /** The session whose figures are shown, and whether it runs: what it knew of health ends with it. */
  session?: { state: SessionState; runs: boolean };
  now: number;
}

/** One line for each provider that is set up or used, in the order of the accounts. */
export function providerLines(known: Known): ProviderLine[] {
  const { accounts, session } = known;
  const demo = session?.state.rehearsal === true;
  const used = session ? [...session.state.providers.keys()] : [];
  const own = accounts
    .filter(account => isSetUp(account, known) || (!demo && used.includes(account.name)))
    .map(account => lineOf(account.name, { ...known, ...(demo && { session: undefined }) }, { account, demo: false }));
  const others = used
    .filter(name => demo || !accounts.some(account => account.name === name))
    .map(name => lineOf(name, known, { account: accounts.find(each => each.name === name), demo }));
  return [...others.filter(line => line.demo), ...own, ...others.filter(line => !line.demo)];
}

/** Those that we merely know of are not the person's. */
function isSetUp({ explicit, keyFrom, name }: Account, { checks }: Known): boolean {
  return explicit || keyFrom !== undefined || checks.get(name)?.diagnosis.ok === true;
}

interface Whose {
  account: Account | undefined;
  demo: boolean;
}

type Given = Omit<Known, 'session'> & { session?: Known['session'] | undefined };

function lineOf(name: string, known: Given, { account, demo }: Whose): ProviderLine {
  const state = known.session?.state;
  const row = state && providerRow(state, name, known.session?.runs);
  const tally = state?.providers.get(name)?.tally;
  return {
    id: demo ? `demo:${name}` : name,
    name,
    label: account?.label ?? name,
    local: account?.local === true && !demo,
    demo,
    ...(account && !demo && { account }),
    condition: conditionOf(name, known, row, { account, demo }),
    recent: row?.recent ?? [],
    models: state ? modelLines(state, name, row, known) : [],
    ...figures(tally, row?.switchesAway ?? 0),
  };
}

function conditionOf(
  name: string,
  { checks, now }: Given,
  row: Row<'providers'> | undefined,
  { account, demo }: Whose,
): Condition {
  if (!demo && !account && !isNoAccount(name)) return { kind: 'removed' };
  if (!demo && account && !account.keyless && account.keyFrom === undefined) return { kind: 'no-key' };
  const standing: ProviderStanding = row ? standingOf(row, now) : { kind: 'unasked' };
  if (standing.kind === 'parked' || standing.kind === 'open' || standing.kind === 'half-open') return standing;
  const checked = demo ? undefined : checks.get(name);
  // Of two who asked, the later one knows better.
  return checked && checked.at >= (row?.health?.at ?? 0) ? foundBy(checked.diagnosis) : standing;
}

/** What answers without being an account: the editor's own models, CLI agents. */
const isNoAccount = (name: string) => name === EDITOR_MODELS || isWorkerProvider(name);

function foundBy({ ok, error, message, advice }: Diagnosis): Condition {
  if (ok) return { kind: 'ready' };
  if (error === 'no-key') return { kind: 'no-key' };
  return { kind: 'fault', error, ...(message !== undefined && { message }), ...(advice !== undefined && { advice }) };
}

function modelLines(
  state: SessionState,
  provider: string,
  row: Row<'providers'> | undefined,
  { now }: Given,
): ModelLine[] {
  const left = new Map<string, number>();
  for (const { from } of state.failovers) left.set(from, (left.get(from) ?? 0) + 1);
  return [...state.models]
    .filter(([model]) => providerOf(model) === provider)
    .map(([model, tally]) => {
      const own = row && {
        live: row.live,
        tally,
        parked: row.parked.filter(each => each.model === undefined || each.model === model),
        breakers: row.breakers.filter(each => each.model === model),
      };
      const standing = own && standingOf(own, now);
      return {
        model,
        ...(standing && standing.kind !== 'ready' && standing.kind !== 'unasked' && { condition: standing }),
        ...figures(tally, left.get(model) ?? 0),
      };
    });
}

function figures(tally: Tally | undefined, switchesAway: number): Figures {
  if (!tally || tally.calls === 0) return { switchesAway };
  const ended = tally.succeeded + tally.failed;
  return {
    tally,
    switchesAway,
    ...(ended > 0 && { meanMs: tally.ms / ended, success: tally.succeeded / ended }),
  };
}
