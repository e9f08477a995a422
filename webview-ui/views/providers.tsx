import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { standingOf } from '../../src/protocol/provider-standing.ts';
import { showDuration } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { hostNow, model } from '../page.ts';
import { Bars } from '../parts/bars.tsx';
import { Card, Nothing } from '../parts/card.tsx';
import { showClock } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import type { Look } from '../parts/states.ts';

type Provider = Row<'providers'>;

/** How the vendors are: reachable, limited, fast. */
export function Providers() {
  const providers = model.tables.providers.all();
  return (
    <Card title={l10n.t('Providers')} icon="server" type="providers">
      {providers.length === 0 ? (
        <Nothing>{l10n.t('No provider has been asked yet.')}</Nothing>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{l10n.t('Provider')}</th>
              <th scope="col">{l10n.t('State')}</th>
              <th scope="col" class="number">
                {l10n.t('Success')}
              </th>
              <th scope="col" class="number">
                {l10n.t('Answer')}
              </th>
            </tr>
          </thead>
          <tbody>
            {providers.map(provider => (
              <Line key={provider.id} provider={provider} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function lookOf(provider: Provider, now: number): Look & { more?: string } {
  const standing = standingOf(provider, now);
  switch (standing.kind) {
    case 'parked':
      return {
        icon: 'clockface',
        label: l10n.t('rests for {0}', showClock(standing.until - now)),
        tone: 'wait',
        more: `${standing.model ?? l10n.t('all models')}: ${standing.reason}`,
      };
    case 'open':
      return { icon: 'error', label: l10n.t('resting after failures'), tone: 'bad', more: standing.models.join(', ') };
    case 'half-open':
      return { icon: 'refresh', label: l10n.t('trying again'), tone: 'wait', more: standing.models.join(', ') };
    case 'unreachable':
      return {
        icon: 'warning',
        label: l10n.t('not reachable'),
        tone: 'bad',
        ...(standing.message && { more: standing.message }),
      };
    case 'failing':
      return { icon: 'warning', label: l10n.t('does not answer'), tone: 'wait' };
    case 'unasked':
      return { icon: 'circle-large-outline', label: l10n.t('not asked yet'), tone: 'calm' };
    case 'ready':
      return { icon: 'pass', label: l10n.t('ready'), tone: 'good' };
  }
}

function Line({ provider }: { provider: Provider }) {
  const { id, tally, recent, switchesAway } = provider;
  const look = lookOf(provider, hostNow.value);
  const ended = tally.succeeded + tally.failed;
  const rate = ended > 0 ? `${Math.round((100 * tally.succeeded) / ended)}%` : '–';
  const more = [look.more, switchesAway > 0 ? l10n.t('left for another model: {0}', switchesAway) : undefined].filter(
    fact => fact !== undefined,
  );
  const mean = ended > 0 ? tally.ms / ended : undefined;
  return (
    <>
      <tr>
        <th scope="row">{id}</th>
        <td>
          <Icon name={look.icon} tone={look.tone} /> {look.label}
        </td>
        <td class="number" title={l10n.t('{0} of {1} calls', tally.succeeded, ended)}>
          {rate}
        </td>
        <td class="number">
          <span class="with-bars">
            {recent.length > 1 && (
              <Bars label={l10n.t('The latest calls')} values={recent.map(({ ms, ok }) => ({ value: ms, good: ok }))} />
            )}
            {mean === undefined ? '–' : showDuration(mean)}
          </span>
        </td>
      </tr>
      {more.length > 0 && (
        <tr class="more">
          <td colSpan={4} class="quiet">
            {more.join(' · ')}
          </td>
        </tr>
      )}
    </>
  );
}
