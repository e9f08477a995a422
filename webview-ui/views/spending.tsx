import { computed, signal } from '@preact/signals';
import { showCount, showMoney } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { type Layer, layers, sampled } from '../model/spending.ts';
import { lastMoment, model } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Nothing } from '../parts/card.tsx';
import { showClock } from '../parts/clock.ts';
import { colourOf } from '../parts/provider-colours.ts';
import { Stack } from '../parts/stack.tsx';

type What = 'cost' | 'tokens';
/** Undefined until the person has chosen: then money, where anything cost any. */
const chosen = signal<What | undefined>(undefined);
const free = computed(() => (model.session.value?.tally.cost ?? 0) === 0);
const what = computed<What>(() => chosen.value ?? (free.value ? 'tokens' : 'cost'));
const asTable = signal(false);
const TABLE_ROWS = 10;
const EMPTY = { at: [], providers: [] };

const show = (value: number) => (what.value === 'cost' ? showMoney(value) : showCount(value));

/** How money and tokens went, by provider. */
export function Spending() {
  const session = model.session.value;
  const spending = model.overview.value?.spending ?? EMPTY;
  if (!session || spending.at.length < 2) return null;
  const stacked = layers(spending, what.value);
  const from = session.startedAt ?? spending.at[0] ?? 0;
  return (
    <div class="spending">
      <div class="spending-head">
        <span class="choice" role="group" aria-label={l10n.t('What is drawn')}>
          <Choice of="cost" label={l10n.t('Money')} />
          <Choice of="tokens" label={l10n.t('Tokens')} />
        </span>
        <IconButton
          icon="table"
          label={l10n.t('Show as a table')}
          pressed={asTable.value}
          onClick={() => {
            asTable.value = !asTable.value;
          }}
        />
      </div>
      {what.value === 'cost' && stacked.length === 0 ? (
        <Nothing>
          {session.tally.unknownCost > 0
            ? l10n.t('It is not known what the calls so far cost.')
            : l10n.t('Nothing has cost anything so far: the models that answered are free.')}
        </Nothing>
      ) : asTable.value ? (
        <Rows at={spending.at} stacked={stacked} from={from} />
      ) : (
        <Drawn at={spending.at} stacked={stacked} from={from} />
      )}
    </div>
  );
}

function Choice({ of, label }: { of: What; label: string }) {
  return (
    <button
      type="button"
      class="secondary"
      aria-pressed={what.value === of}
      onClick={() => {
        chosen.value = of;
      }}
    >
      {label}
    </button>
  );
}

interface Of {
  at: readonly number[];
  stacked: readonly Layer[];
  from: number;
}

/** What each provider has of it at that point; the layers stand on top of each other. */
const shareOf = (stacked: readonly Layer[], layer: number, point: number) =>
  (stacked[layer]?.upper[point] ?? 0) - (stacked[layer - 1]?.upper[point] ?? 0);

function Drawn({ at, stacked, from }: Of) {
  const limit = model.tables.budget.all().find(({ scope }) => scope === 'session');
  const to = Math.max(lastMoment.value, from);
  const total = stacked.at(-1)?.upper.at(-1) ?? 0;
  // The limit is in the picture once the money comes near it.
  const near = what.value === 'cost' && limit !== undefined && total > limit.limit * 0.4;
  const max = near ? Math.max(limit.limit * 1.02, total) : total * 1.1;
  const shares = stacked.map(({ id }, index) => ({ id, text: show(shareOf(stacked, index, at.length - 1)) }));
  const said = shares.map(({ id, text }) => `${id} ${text}`).join(', ');
  return (
    <>
      <Stack
        label={
          what.value === 'cost'
            ? l10n.t('Money over time, {0} so far: {1}', show(total), said)
            : l10n.t('Tokens over time, {0} so far: {1}', show(total), said)
        }
        at={at}
        layers={stacked}
        from={from}
        to={to}
        max={max}
        lines={
          near
            ? [
                { y: limit.limit * limit.alertAt, tone: 'wait' },
                { y: limit.limit, tone: 'bad' },
              ]
            : []
        }
      />
      <p class="stack-axis quiet" aria-hidden="true">
        <span>0:00</span>
        <span>{showClock(to - from)}</span>
      </p>
      <ul class="stack-legend" aria-label={l10n.t('Legend')}>
        {shares.map(({ id, text }) => (
          <li key={id}>
            <span class={`swatch ${colourOf(id)}`} />
            <span class="grow">{id}</span> <span class="number">{text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Rows({ at, stacked, from }: Of) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <div class="spending-table" tabIndex={0} role="group" aria-label={l10n.t('So far, by provider')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{l10n.t('Time')}</th>
            {stacked.map(({ id }) => (
              <th key={id} scope="col" class="number">
                {id}
              </th>
            ))}
            <th scope="col" class="number">
              {l10n.t('Together')}
            </th>
          </tr>
        </thead>
        <tbody>
          {sampled(at.length, TABLE_ROWS).map(point => (
            <tr key={point}>
              <th scope="row">{showClock((at[point] ?? from) - from)}</th>
              {stacked.map(({ id }, index) => (
                <td key={id} class="number">
                  {show(shareOf(stacked, index, point))}
                </td>
              ))}
              <td class="number">{show(stacked.at(-1)?.upper[point] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
