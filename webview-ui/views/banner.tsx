import type { SessionView } from '../../src/protocol/dashboard-rows.ts';
import { showCount, showDuration, showMoney } from '../../src/protocol/show.ts';
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
  switch (session.status) {
    case 'new':
    case 'planning':
      return <Planning session={session} />;
    case 'awaiting-approval':
      return <Approval session={session} />;
    case 'paused':
      return <Paused session={session} />;
    case 'ended':
      return <Ended session={session} />;
    case 'running':
      return session.budgetSpent ? <Spent session={session} /> : null;
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

function Planning({ session }: Of) {
  return (
    <Line icon="sync" tone="busy" title={l10n.t('The planner works out who does what')}>
      <p>
        {session.planRefusals > 0
          ? l10n.t('{0} plans did not pass validation and went back.', session.planRefusals)
          : l10n.t('You see the plan, with its expected cost, before anything is written.')}
      </p>
    </Line>
  );
}

function Approval({ session: { plan } }: Of) {
  const estimate = plan?.estimate;
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
      title={l10n.t('The plan waits for you: {0} tasks', model.tables.tasks.ids.value.length)}
    >
      {facts.length > 0 && <p>{l10n.t('Expected: {0}', facts.join(', '))}</p>}
      {plan?.rationale !== undefined && <p>{plan.rationale}</p>}
    </Line>
  );
}

function budgetHint(action: NonNullable<SessionView['budgetSpent']>['action']): string {
  switch (action) {
    case 'local':
      return l10n.t('Work goes on with local models only.');
    case 'pause':
      return l10n.t('Nothing is sent until the limit is raised or the session is resumed.');
    case 'stop':
      return l10n.t('The session winds down; what was done is kept.');
  }
}

function Spent({ session: { budgetSpent } }: Of) {
  if (!budgetSpent) return null;
  const title = l10n.t('The budget is spent: {0}', scopeName(budgetSpent));
  return (
    <Line icon="credit-card" tone="bad" title={title}>
      <p>{budgetHint(budgetSpent.action)}</p>
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
  return (
    <Line
      icon={session.budgetSpent ? 'credit-card' : 'debug-pause'}
      tone={session.budgetSpent ? 'bad' : 'wait'}
      title={
        session.budgetSpent
          ? l10n.t('Paused: the budget is spent')
          : session.pausedBy === 'user'
            ? l10n.t('Paused by you')
            : l10n.t('Paused by the {0}', session.pausedBy ?? '')
      }
    >
      <p>
        {session.budgetSpent
          ? budgetHint(session.budgetSpent.action)
          : l10n.t('Calls that were running ended; nothing new starts.')}
      </p>
      <p class="banner-actions">
        {session.budgetSpent?.scope === 'session' && <RaiseButton />}
        <Button secondary={session.budgetSpent !== undefined} onClick={() => void ask({ kind: 'unpause' })}>
          {l10n.t('Resume Session')}
        </Button>
      </p>
    </Line>
  );
}

function Ended({ session }: Of) {
  const look = sessionLook(session);
  const files = model.overview.value?.files;
  const { tally } = session;
  return (
    <Line icon={look.icon} tone={look.tone} title={look.label}>
      {session.outcome?.reason && <p>{session.outcome.reason}</p>}
      <p>
        {l10n.t(
          '{0} agents, {1} calls, {2} tokens, {3}, {4} at work.',
          model.tables.agents.ids.value.length,
          tally.calls,
          showCount(tokensOf(tally)),
          costOf(tally),
          showDuration(session.activeMs),
        )}{' '}
        {files && files.pending > 0
          ? l10n.t('{0} of {1} files wait for your review.', files.pending, files.touched)
          : files && files.touched > 0
            ? l10n.t('All {0} files are reviewed.', files.touched)
            : ''}
      </p>
    </Line>
  );
}
