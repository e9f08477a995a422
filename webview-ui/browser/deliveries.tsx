import { useState } from 'preact/hooks';
import type { DeliveryItem } from '../../src/protocol/api-team.ts';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { api, type Result } from './client.ts';
import { told, usePolled } from './polled.ts';
import { mayDecide } from './signed-in.ts';

type Act = (done: Promise<Result<{ message?: string | undefined }>>) => Promise<void>;

/** What becomes of accepted work: branches, what they are tried against, and what waits for a yes. */
export function Deliveries({ workspace }: { workspace: string }) {
  const deliveries = usePolled(() => api.deliveries(workspace), workspace, told.deliveries);
  const [said, setSaid] = useState('');
  const act: Act = async asked => {
    const done = await asked;
    setSaid(done.ok ? (done.value.message ?? '') : done.message);
    await deliveries.again();
  };
  const items = deliveries.value?.items ?? [];
  // A folder without git delivers nothing, and nothing has to be said of it.
  if (items.length === 0) return null;
  return (
    <>
      <h2>{l10n.t('Deliveries')}</h2>
      <p role="status">{said}</p>
      <ul class="entries">
        {items.map(item => (
          <One
            key={item.delivery}
            workspace={workspace}
            item={item}
            items={items}
            act={mayDecide() ? act : undefined}
          />
        ))}
      </ul>
    </>
  );
}

const STATUS: Record<DeliveryItem['status'], string> = {
  opened: l10n.t('is made'),
  ready: l10n.t('ready'),
  held: l10n.t('held'),
  conflicted: l10n.t('does not fit'),
  red: l10n.t('checks failed'),
  landed: l10n.t('landed'),
  dropped: l10n.t('dropped'),
};

interface Row {
  workspace: string;
  item: DeliveryItem;
  items: readonly DeliveryItem[];
  act: Act | undefined;
}

function One({ workspace, item, items, act }: Row) {
  const { delivery, title, branch, target, status, files, note, conflicts = [], candidate, waits } = item;
  const failed = candidate?.results.find(({ ok }) => !ok);
  const open = status === 'ready' || status === 'red' || status === 'conflicted' || status === 'held';
  // One yes is to all that was tried with it.
  const together = items
    .filter(other => other !== item && candidate?.deliveries.includes(other.delivery))
    .map(other => other.title);
  const decide = (action: 'hold' | 'release' | 'drop' | 'approve', body: object) => () =>
    void act?.(api.decideDelivery(workspace, delivery, action, body));
  return (
    <li>
      <strong>{title}</strong>
      <span class="quiet">
        {[
          waits ? l10n.t('waits for you') : STATUS[status],
          `${branch} → ${item.landed?.ref.replace('refs/heads/', '') ?? target}`,
          l10n.t('files: {0}', files.length),
          ...(note === undefined ? [] : [note]),
          ...(waits && together.length > 0 ? [l10n.t('lands together with {0}', together.join(', '))] : []),
        ].join(' · ')}
      </span>
      {conflicts.map(({ path, about, hunks }) => (
        <details key={path}>
          <summary>
            {path}: {about}
          </summary>
          <pre>{hunks.join('\n')}</pre>
        </details>
      ))}
      {status === 'red' && failed && (
        <details>
          <summary>{failed.command}</summary>
          <pre>{failed.output}</pre>
        </details>
      )}
      {act && open && (
        <span class="buttons">
          {waits && candidate && (
            <Button
              label={l10n.t('Approve {0}', title)}
              onClick={() => void act(approveAndLand(workspace, item, candidate.candidate))}
            >
              {l10n.t('Approve and Land')}
            </Button>
          )}
          {status === 'ready' ? (
            <Button secondary label={l10n.t('Hold {0}', title)} onClick={decide('hold', {})}>
              {l10n.t('Hold')}
            </Button>
          ) : (
            <Button secondary label={l10n.t('Release {0}', title)} onClick={decide('release', {})}>
              {l10n.t('Release')}
            </Button>
          )}
          <Button secondary label={l10n.t('Drop {0}', title)} onClick={decide('drop', {})}>
            {l10n.t('Drop')}
          </Button>
        </span>
      )}
    </li>
  );
}

/** As in a terminal: whoever says yes wants to see it land. */
async function approveAndLand(workspace: string, { delivery, target }: DeliveryItem, candidate: string) {
  const approved = await api.decideDelivery(workspace, delivery, 'approve', { candidate });
  if (!approved.ok) return approved;
  const landed = await api.land(workspace, target);
  if (!landed.ok) return landed;
  const { stopped, landed: names } = landed.value;
  const refs = names.map(({ ref }) => ref.replace('refs/heads/', '')).join(', ');
  return { ok: true, value: { message: stopped ?? l10n.t('Landed on {0}', refs) } } as const;
}
