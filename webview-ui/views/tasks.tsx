import { useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { ask, model } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Card, Nothing } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { chosenZoom, Graph, ZOOMS, zoom } from './graph.tsx';
import { TaskDetail } from './task-detail.tsx';

/** What has to be done, what waits for what, and how far it is. */
export function Tasks() {
  const count = model.tables.tasks.ids.value.length;
  const step = (by: number) => {
    const at = ZOOMS.indexOf(zoom.value) + by;
    chosenZoom.value = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at))] ?? 1;
  };
  return (
    <Card
      title={l10n.t('Tasks')}
      icon="type-hierarchy-sub"
      type="tasks"
      note={count > 0 ? String(count) : undefined}
      actions={
        count > 0 && (
          <>
            <IconButton
              icon="zoom-out"
              label={l10n.t('Smaller')}
              disabled={zoom.value <= 0.4}
              onClick={() => step(-1)}
            />
            <IconButton icon="zoom-in" label={l10n.t('Larger')} disabled={zoom.value >= 1.25} onClick={() => step(1)} />
          </>
        )
      }
    >
      {count === 0 ? <Nothing>{l10n.t('The plan has no tasks yet.')}</Nothing> : <Graph />}
      <TaskDetail />
      <Queue />
    </Card>
  );
}

/** Work that was asked for while the team runs. */
function Queue() {
  const items = model.tables.queue.all();
  const [text, setText] = useState('');
  const ended = model.session.value?.status === 'ended';
  if (ended && items.length === 0) return null;
  return (
    <div class="queue">
      {items.length > 0 && (
        <ul>
          {items.map(item => (
            <li key={item.id}>
              <Icon name="clockface" />
              <span class="grow">{item.text}</span>
              <span class="quiet">{item.target ?? ''}</span>
              <IconButton
                icon="trash"
                label={l10n.t('Take "{0}" out of the queue', item.text)}
                onClick={() => void ask({ kind: 'queue-remove', item: item.id })}
              />
            </li>
          ))}
        </ul>
      )}
      {!ended && (
        <form
          class="line"
          onSubmit={event => {
            event.preventDefault();
            const wanted = text.trim();
            if (!wanted) return;
            void ask({ kind: 'queue-add', text: wanted, priority: 5 }).then(({ ok }) => {
              if (ok) setText('');
            });
          }}
        >
          <input
            type="text"
            aria-label={l10n.t('More work for the team')}
            placeholder={l10n.t('More work for the team')}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
          <button type="submit" class="secondary" disabled={text.trim() === ''}>
            {l10n.t('Add to Queue')}
          </button>
        </form>
      )}
    </div>
  );
}
