import { showCount, showMoney } from '../../src/protocol/show.ts';
import { promptTokens } from '../../src/protocol/tokens.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { ask, lastMoment, model } from '../page.ts';
import { IconButton, Twice } from '../parts/button.tsx';
import { showClock } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { Meter } from '../parts/meter.tsx';
import { sessionLook } from '../parts/states.ts';
import { costOf, tokensOf } from '../parts/tally.ts';

/** The session, its status, and the controls for all of it. */
export function Header() {
  const session = model.session.value;
  if (!session) return null;
  const look = sessionLook(session);
  return (
    <header class="head">
      <div class="head-line">
        <h1 title={session.goal}>{session.goal}</h1>
        <span class={`badge tone-${look.tone}`}>
          <Icon name={look.icon} spin={look.spin === true} />
          {look.label}
        </span>
        {session.rehearsal && (
          <span class="badge tone-calm">
            <Icon name="beaker" />
            {l10n.t('Demo')}
          </span>
        )}
        <Picker />
        <SessionControls />
      </div>
      <Figures />
    </header>
  );
}

function Picker() {
  const sessions = model.tables.sessions.all();
  if (sessions.length < 2) return null;
  return (
    <select
      class="picker"
      aria-label={l10n.t('Session')}
      value={model.session.value?.session}
      onChange={event => tell({ type: 'choose', session: event.currentTarget.value })}
    >
      {sessions.map(({ id, goal, startedAt }) => (
        <option key={id} value={id}>
          {startedAt === undefined ? goal : `${new Date(startedAt).toLocaleString()}  ${goal}`}
        </option>
      ))}
    </select>
  );
}

function SessionControls() {
  const status = model.session.value?.status;
  if (status === undefined || status === 'ended') return null;
  return (
    <span class="card-actions">
      {status === 'paused' ? (
        <IconButton
          icon="debug-continue"
          label={l10n.t('Continue session')}
          onClick={() => void ask({ kind: 'unpause' })}
        />
      ) : (
        <IconButton icon="debug-pause" label={l10n.t('Pause session')} onClick={() => void ask({ kind: 'pause' })} />
      )}
      <Twice
        icon="debug-stop"
        label={l10n.t('Abort session')}
        question={l10n.t('Abort the session?')}
        onSure={() => void ask({ kind: 'abort' })}
      />
    </span>
  );
}

function Figures() {
  const session = model.session.value;
  if (!session) return null;
  const { tally } = session;
  const agents = model.tables.agents.all();
  const working = agents.filter(agent => agent.status === 'running' || agent.status === 'pausing').length;
  const { total, done, failed, cancelled, skipped } = session.progress;
  const elapsed = session.activeMs + Math.max(0, lastMoment.value - (session.workedAt ?? lastMoment.value));
  const limit = model.tables.budget.all().find(({ scope }) => scope === 'session');
  const streaming = agents.reduce((sum, agent) => sum + model.streaming(agent.id), 0);
  const cached = promptTokens(tally);
  const switches = session.switches + session.discarded;
  return (
    <dl class="figures">
      <Figure name={l10n.t('Time')} value={showClock(elapsed)} />
      <Figure
        name={l10n.t('Cost')}
        value={costOf(tally)}
        more={[
          limit ? l10n.t('of {0}', showMoney(limit.limit)) : undefined,
          tally.unknownCost > 0 ? l10n.t('calls without a price: {0}', tally.unknownCost) : undefined,
          limit || tally.unknownCost > 0 ? undefined : l10n.t('no limit set'),
        ]
          .filter(fact => fact !== undefined)
          .join(', ')}
      />
      <Figure
        name={l10n.t('Tokens')}
        value={streaming > 0 ? `~${showCount(tokensOf(tally) + streaming)}` : showCount(tokensOf(tally))}
        more={
          cached > 0
            ? l10n.t(
                '{0} out, {1}% of input cached',
                showCount(tally.output),
                Math.round((100 * tally.cacheRead) / cached),
              )
            : l10n.t('none yet')
        }
      />
      <Figure name={l10n.t('Agents at work')} value={String(working)} more={l10n.t('of {0} so far', agents.length)} />
      <Figure
        name={l10n.t('Tasks done')}
        value={total > 0 ? `${done} / ${total}` : '–'}
        more={[
          failed > 0 ? l10n.t('{0} failed', failed) : undefined,
          cancelled > 0 ? l10n.t('{0} cancelled', cancelled) : undefined,
          skipped > 0 ? l10n.t('{0} skipped', skipped) : undefined,
        ]
          .filter(fact => fact !== undefined)
          .join(', ')}
        meter={
          total > 0 && (
            <Meter
              label={l10n.t('Tasks done')}
              text={l10n.t('{0} of {1}', done, total)}
              value={done}
              max={total}
              tone="good"
            />
          )
        }
      />
      <Figure
        name={l10n.t('Calls')}
        value={showCount(tally.calls)}
        more={
          switches > 0
            ? l10n.t('switches: {0}, retries: {1}', session.switches, session.discarded)
            : l10n.t('no switch, no retry')
        }
      />
    </dl>
  );
}

function Figure({
  name,
  value,
  more,
  meter,
}: {
  name: string;
  value: string;
  more?: string;
  meter?: preact.ComponentChildren;
}) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        {more && <span class="figure-more">{more}</span>}
        {meter}
      </dd>
    </div>
  );
}
