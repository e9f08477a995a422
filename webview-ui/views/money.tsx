import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { showCount, showMoney } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { hostNow, model } from '../page.ts';
import { Card, Nothing } from '../parts/card.tsx';
import { Curve } from '../parts/curve.tsx';
import { Icon } from '../parts/icon.tsx';
import { Meter } from '../parts/meter.tsx';
import { tokensOf } from '../parts/tally.ts';

type Budget = Row<'budget'>;
const ORDER: Budget['scope'][] = ['session', 'day', 'provider', 'agent'];
const MOST_AGENTS = 8;

/** What it costs, against what it may cost. */
export function Money() {
  const limits = model.tables.budget.all().sort((a, b) => ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope));
  const agents = limits.filter(({ scope }) => scope === 'agent');
  // Of many agents' limits those matter that are nearest.
  const near = new Set(agents.sort((a, b) => share(b) - share(a)).slice(0, MOST_AGENTS));
  const shown = limits.filter(limit => limit.scope !== 'agent' || near.has(limit));
  return (
    <Card title={l10n.t('Budget')} icon="credit-card" type="money">
      <Spending />
      {shown.length === 0 ? (
        <Nothing>{l10n.t('No limit is set for this session.')}</Nothing>
      ) : (
        <ul class="limits">
          {shown.map(limit => (
            <Limit key={limit.id} limit={limit} />
          ))}
        </ul>
      )}
      <ByModel />
    </Card>
  );
}

const share = ({ spent, held, limit }: Budget) => ((spent ?? 0) + held) / Math.max(1, limit);

function scopeName({ scope, key }: Budget): string {
  switch (scope) {
    case 'session':
      return l10n.t('Session');
    case 'day':
      return l10n.t('Today, all sessions');
    case 'provider':
      return l10n.t('Provider {0}', key);
    case 'agent':
      return l10n.t('Agent {0}', model.tables.agents.get(key)?.role ?? key);
  }
}

function Limit({ limit: of }: { limit: Budget }) {
  const { spent, held, limit, alertAt, exhausted, alerted } = of;
  const over = spent !== undefined && spent >= alertAt * limit;
  const tone = exhausted ? 'bad' : over || alerted ? 'wait' : 'busy';
  const text =
    spent === undefined
      ? l10n.t('limit {0}', showMoney(limit))
      : l10n.t('{0} of {1}', showMoney(spent), showMoney(limit));
  return (
    <li>
      <div class="limit-line">
        <span>
          {exhausted ? (
            <Icon name="error" label={l10n.t('spent')} tone="bad" />
          ) : (
            (over || alerted) && <Icon name="warning" label={l10n.t('nearly spent')} tone="wait" />
          )}{' '}
          {scopeName(of)}
        </span>
        <span class="number">
          {text}
          {held > 0 && <span class="quiet">{l10n.t(' + {0} held', showMoney(held))}</span>}
        </span>
      </div>
      <Meter
        label={scopeName(of)}
        text={text}
        value={spent ?? 0}
        held={held}
        max={limit}
        line={alertAt * limit}
        tone={tone}
      />
    </li>
  );
}

function Spending() {
  const session = model.session.value;
  const points = model.overview.value?.spending ?? [];
  const limit = model.tables.budget.all().find(({ scope }) => scope === 'session');
  if (!session || points.length < 2) return null;
  const from = session.startedAt ?? points[0]?.at ?? 0;
  const to = session.status === 'ended' ? (session.lastAt ?? from) : Math.max(hostNow.value, from);
  const spent = points.at(-1)?.cost ?? 0;
  // The limit is in the picture once the curve comes near it.
  const max = limit && spent > limit.limit * 0.4 ? Math.max(limit.limit, spent) : spent * 1.25;
  return (
    <Curve
      label={l10n.t('Money spent over time: {0} so far', showMoney(spent))}
      points={points.map(({ at, cost }) => ({ x: at, y: cost }))}
      from={from}
      to={to}
      max={max}
      lines={
        limit
          ? [
              { y: limit.limit * limit.alertAt, tone: 'wait' },
              { y: limit.limit, tone: 'bad' },
            ]
          : []
      }
    />
  );
}

function ByModel() {
  const models = model.tables.models
    .all()
    .sort((a, b) => b.tally.cost - a.tally.cost || tokensOf(b.tally) - tokensOf(a.tally));
  if (models.length === 0) return null;
  const most = Math.max(1, ...models.map(({ tally }) => tally.cost));
  return (
    <>
      <h3>{l10n.t('By model')}</h3>
      <ul class="by-model">
        {models.slice(0, 8).map(({ id, tally }) => (
          <li key={id}>
            <span class="grow" title={id}>
              {id}
            </span>
            <span class="share" aria-hidden="true">
              <span style={{ width: `${(100 * tally.cost) / most}%` }} />
            </span>
            <span class="number quiet">{showCount(tokensOf(tally))}</span>
            <span class="number">
              {tally.unknownCost > 0 && tally.cost === 0 ? l10n.t('no price') : showMoney(tally.cost)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
