import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { showCount, showMoney } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { ask, model } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Card, Nothing } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Line } from '../parts/line.tsx';
import { Meter } from '../parts/meter.tsx';
import { costOf, tokensOf } from '../parts/tally.ts';
import { Spending } from './spending.tsx';

type Budget = Row<'budget'>;
const ORDER: Budget['scope'][] = ['session', 'day', 'provider', 'agent'];
const MOST_AGENTS = 8;

/** Whether the person is asked for another limit. */
export const raising = signal(false);

/** What it costs, against what it may cost. */
export function Money() {
  const limits = model.tables.budget.all().sort((a, b) => ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope));
  const agents = limits.filter(({ scope }) => scope === 'agent');
  // Of many agents' limits those matter that are nearest.
  const near = new Set(agents.sort((a, b) => share(b) - share(a)).slice(0, MOST_AGENTS));
  const shown = limits.filter(limit => limit.scope !== 'agent' || near.has(limit));
  const over = model.session.value?.status === 'ended';
  return (
    <Card
      title={l10n.t('Budget')}
      icon="credit-card"
      type="money"
      actions={
        !over && (
          <IconButton
            icon="edit"
            label={l10n.t('Change the limit')}
            pressed={raising.value}
            onClick={() => {
              raising.value = !raising.value;
            }}
          />
        )
      }
    >
      {raising.value && !over && <Raise />}
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

/** Another limit for the whole session. */
function Raise() {
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const limit = model.tables.budget.all().find(({ scope }) => scope === 'session')?.limit;
  const send = async (text: string) => {
    const { ok, message } = await ask({ kind: 'raise-budget', sessionUsd: Number(text) });
    if (ok) raising.value = false;
    setRefused(ok ? undefined : (message ?? l10n.t('It was refused.')));
  };
  return (
    <div class="raise">
      <Line
        label={l10n.t('What the session may cost in all, in US dollars')}
        button={l10n.t('Set')}
        value={limit === undefined ? '' : String(Math.round((limit / 1e9) * 200) / 100)}
        valid={text => Number(text) > 0 && Number.isFinite(Number(text))}
        onSend={text => void send(text)}
      />
      {refused !== undefined && (
        <p class="failed" role="status">
          {refused}
        </p>
      )}
    </div>
  );
}

const share = ({ spent, held, limit }: Budget) => ((spent ?? 0) + held) / Math.max(1, limit);

/** Whose money it is. */
export function scopeName({ scope, key }: Pick<Budget, 'scope' | 'key'>): string {
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
            <span class="number">{costOf(tally)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
