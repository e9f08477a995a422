import { useState } from 'preact/hooks';
import type { NextStep, SessionView } from '../../src/protocol/dashboard-rows.ts';
import { plural, showCount, showDuration, showMoney } from '../../src/protocol/show.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { ask, model } from '../page.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { sessionLook } from '../parts/states.ts';
import { costOf, tokensOf } from '../parts/tally.ts';
import { raising, scopeName } from './money.tsx';

/** Where the session stands, when that is more than that it runs. */
export function Banner() {
  const session = model.session.value;
  if (!session) return null;
  switch (session.standing) {
    case 'new':
    case 'planning':
      return <Planning session={session} />;
    case 'awaiting-approval':
      return <Approval session={session} />;
    case 'paused':
      return <Paused session={session} />;
    case 'running':
      return session.budgetSpent ? <Spent session={session} /> : null;
    default:
      return <Ended session={session} />;
  }
}

interface Of {
  session: SessionView;
}

function Line({
  icon,
  tone,
  title,
  children,
}: {
  icon: string;
  tone: string;
  title: string;
  children?: preact.ComponentChildren;
}) {
  return (
    <section class={`banner tone-${tone}`} aria-label={title}>
      <Icon name={icon} spin={icon === 'sync'} />
      <div class="banner-text">
        <strong>{title}</strong>
        {children}
      </div>
    </section>
  );
}

const stepLabels: Record<NextStep, () => string> = {
  'approve-plan': () => l10n.t('Approve'),
  'open-plan': () => l10n.t('Open the Plan'),
  'revise-plan': () => l10n.t('Revise…'),
  'cancel-plan': () => l10n.t('Cancel'),
  answer: () => l10n.t('Answer…'),
  review: () => l10n.t('Review'),
  resume: () => l10n.t('Resume'),
  'ask-for-more': () => l10n.t('Ask for More…'),
  report: () => l10n.t('Report'),
};

/** What can be done next, the likeliest first. */
function Steps() {
  const { session, next = [] } = model.session.value ?? {};
  if (session === undefined || next.length === 0) return null;
  return (
    <p class="banner-actions">
      {next.map((step, index) => (
        <Button key={step} secondary={index > 0} onClick={() => tell({ type: 'step', step, session })}>
          {stepLabels[step]()}
        </Button>
      ))}
    </p>
  );
}

/** Nothing holds the commands of the session that is shown, and it has not ended. */
export function Unheld() {
  const session = model.session.value;
  if (session?.unheld === undefined || session.outcome !== undefined) return null;
  return (
    <Line icon="unlock" tone="wait" title={l10n.t('Commands are not held here')}>
      <p>{session.unheld}</p>
    </Line>
  );
}

/** Another session waits for the person, and this one does not. */
export function Elsewhere() {
  const here = model.session.value?.session;
  const sessions = model.tables.sessions.all();
  if (sessions.some(({ id, asks }) => id === here && asks > 0)) return null;
  const other = sessions.find(({ id, asks }) => id !== here && asks > 0);
  if (!other) return null;
  return (
    <Line icon="bell-dot" tone="wait" title={l10n.t('Another session waits for you')}>
      <p>{other.goal}</p>
      <p class="banner-actions">
        <Button onClick={() => tell({ type: 'choose', session: other.id })}>{l10n.t('Go There')}</Button>
      </p>
    </Line>
  );
}

function Planning({ session }: Of) {
  return (
    <Line icon="sync" tone="busy" title={l10n.t('The planner works out who does what')}>
      <p>
        {session.planRefusals > 0
          ? plural(
              session.planRefusals,
              l10n.t('1 plan had mistakes and went back.'),
              l10n.t('{0} plans had mistakes and went back.', session.planRefusals),
            )
          : l10n.t('You see the plan, with its expected cost, before anything is written.')}
      </p>
    </Line>
  );
}

function Approval({ session: { plan } }: Of) {
  const estimate = plan?.estimate;
  const tasks = model.tables.tasks.ids.value.length;
  const facts = [
    estimate?.low !== undefined && estimate.high !== undefined
      ? l10n.t('{0} to {1}', showMoney(estimate.low), showMoney(estimate.high))
      : undefined,
    estimate?.tokens !== undefined ? l10n.t('{0} tokens', showCount(estimate.tokens)) : undefined,
    estimate?.minutes !== undefined ? showDuration(estimate.minutes * 60_000) : undefined,
  ].filter(fact => fact !== undefined);
  return (
    <Line
      icon="checklist"
      tone="wait"
      title={plural(
        tasks,
        l10n.t('The plan waits for you: 1 task'),
        l10n.t('The plan waits for you: {0} tasks', tasks),
      )}
    >
      {facts.length > 0 && <p>{l10n.t('Expected: {0}', facts.join(', '))}</p>}
      {plan?.rationale !== undefined && <p>{plan.rationale}</p>}
      <Steps />
    </Line>
  );
}

type BudgetSpent = NonNullable<SessionView['budgetSpent']>;

function budgetHint({ action, left, next }: BudgetSpent): string {
  const hints = {
    local: () => l10n.t('Work goes on with local models only.'),
    pause: () => l10n.t('Nothing that costs money is sent until the limit is raised.'),
    stop: () => l10n.t('The session winds down; what was done is kept.'),
  };
  const hint = hints[action]();
  if (left === undefined || next === undefined || left === 0) return hint;
  return `${l10n.t('{0} is left, and the next call could cost {1}.', showMoney(left), showMoney(next))} ${hint}`;
}

/** Nobody may spend any more: not only one agent, or at one provider. */
const spentForAll = ({ budgetSpent }: SessionView) => budgetSpent?.scope === 'session' || budgetSpent?.scope === 'day';

function Spent({ session: { budgetSpent } }: Of) {
  if (!budgetSpent) return null;
  const title = l10n.t('The budget is spent: {0}', scopeName(budgetSpent));
  return (
    <Line icon="credit-card" tone="bad" title={title}>
      <p>{budgetHint(budgetSpent)}</p>
      {budgetSpent.scope === 'session' && (
        <p class="banner-actions">
          <RaiseButton />
        </p>
      )}
    </Line>
  );
}

function RaiseButton() {
  return (
    <Button
      onClick={() => {
        raising.value = true;
      }}
    >
      {l10n.t('Raise the Limit…')}
    </Button>
  );
}

function Paused({ session }: Of) {
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const request = async (kind: 'unpause' | 'go-local') => {
    const { ok, message } = await ask({ kind });
    setRefused(ok ? undefined : (message ?? l10n.t('It was refused.')));
  };
  const spent = spentForAll(session) ? session.budgetSpent : undefined;
  const by =
    session.pausedBy === 'user' ? l10n.t('Paused by you') : l10n.t('Paused by the {0}', session.pausedBy ?? '');
  return (
    <Line
      icon={spent ? 'credit-card' : 'debug-pause'}
      tone={spent ? 'bad' : 'wait'}
      title={spent ? l10n.t('Paused: the budget is spent') : by}
    >
      <p>{spent ? budgetHint(spent) : l10n.t('Calls that were running ended; nothing new starts.')}</p>
      <p class="banner-actions">
        {spent?.scope === 'session' && <RaiseButton />}
        {spent?.free && spent.action === 'pause' && (
          <Button secondary onClick={() => void request('go-local')}>
            {l10n.t('Go On with Local Models')}
          </Button>
        )}
        {spent?.action !== 'pause' && <Button onClick={() => void request('unpause')}>{l10n.t('Continue')}</Button>}
      </p>
      {refused !== undefined && (
        <p class="failed" role="status">
          {refused}
        </p>
      )}
    </Line>
  );
}

function Ended({ session }: Of) {
  const look = sessionLook(session);
  const files = model.overview.value?.files;
  const { tally } = session;
  const agents = model.tables.agents.ids.value.length;
  return (
    <Line icon={look.icon} tone={look.tone} title={look.label}>
      {session.outcome?.reason && <p>{session.outcome.reason}</p>}
      <p>
        {l10n.t(
          '{0}, {1}, {2} tokens, {3}, {4} at work.',
          plural(agents, l10n.t('1 agent'), l10n.t('{0} agents', agents)),
          plural(tally.calls, l10n.t('1 call'), l10n.t('{0} calls', tally.calls)),
          showCount(tokensOf(tally)),
          costOf(tally),
          showDuration(session.activeMs),
        )}{' '}
        {files && files.pending > 0
          ? plural(
              files.touched,
              l10n.t('Its only file waits for your review.'),
              plural(
                files.pending,
                l10n.t('1 of {0} files waits for your review.', files.touched),
                l10n.t('{0} of {1} files wait for your review.', files.pending, files.touched),
              ),
            )
          : files && files.touched > 0
            ? plural(
                files.touched,
                l10n.t('Its only file is reviewed.'),
                l10n.t('All {0} files are reviewed.', files.touched),
              )
            : ''}
      </p>
      <Steps />
    </Line>
  );
}
