import { useState } from 'preact/hooks';
import type { QueueItem, TeamSnapshot } from '../../src/protocol/api-team.ts';
import { showMoney } from '../../src/protocol/show.ts';
import type { StationRequest } from '../../src/protocol/station.ts';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { memberLook } from '../parts/states.ts';
import { api } from './client.ts';
import { Deliveries } from './deliveries.tsx';
import { told, usePolled } from './polled.ts';
import { addressOf } from './route.ts';
import { mayDecide } from './signed-in.ts';

type Ask = (body: StationRequest) => Promise<void>;

/** What stands in a workspace while sessions come and go: its team, its queue, and what is on its way to a branch. */
export function TeamPage({ workspace }: { workspace: string }) {
  const team = usePolled(() => api.team(workspace), workspace, told.team);
  const queue = usePolled(() => api.queue(workspace), workspace, told.team);
  const [said, setSaid] = useState('');
  const ask: Ask = async body => {
    const done = await api.askTeam(workspace, body);
    setSaid(done.ok ? (done.value.message ?? '') : done.message);
    await Promise.all([team.again(), queue.again()]);
  };
  const decide = mayDecide() ? ask : undefined;
  return (
    <main>
      <h1>{l10n.t('Standing team')}</h1>
      <p role="status">{said}</p>
      <p role="alert" class="failed">
        {team.wrong || queue.wrong}
      </p>
      {team.value && <Team workspace={workspace} team={team.value} ask={decide} />}
      <ul class="entries">
        {team.value?.checks.map(({ workflow, task, check, text }) => (
          <li key={[workflow, task, check].join()} class="failed">
            {text}
          </li>
        ))}
      </ul>
      <h2>{l10n.t('Queue')}</h2>
      {decide && <Add ask={decide} />}
      {queue.value?.items.length === 0 && <p class="quiet">{l10n.t('Nothing is in the queue.')}</p>}
      <ul class="entries">
        {queue.value?.items.map(item => (
          <Item key={item.id} workspace={workspace} item={item} ask={decide} />
        ))}
      </ul>
      <Deliveries workspace={workspace} />
    </main>
  );
}

function Team({ workspace, team, ask }: { workspace: string; team: TeamSnapshot; ask: Ask | undefined }) {
  if (!team.runs)
    return <p class="quiet">{l10n.t('No team stands here. Begin one in a terminal: orchestrate start')}</p>;
  return (
    <>
      <p class="actions">
        <span>
          {team.paused ? l10n.t('Paused') : l10n.t('Standing')} · {team.host}
        </span>
        {ask && (
          <Button secondary onClick={() => void ask({ kind: team.paused ? 'unpause' : 'pause' })}>
            {team.paused ? l10n.t('Let the Team Go On') : l10n.t('Pause the Team')}
          </Button>
        )}
      </p>
      <ul class="entries">
        {team.members.map(({ name, role, pool, standing, item, session, done, failed, cost }) => (
          <li key={name}>
            <strong>{name}</strong>
            <span class="quiet">
              {[
                pool ?? role,
                memberLook(standing).label,
                l10n.t('{0} done, {1} failed', done, failed),
                showMoney(cost),
              ].join(' · ')}
            </span>
            {session !== undefined && <a href={addressOf({ workspace, session })}>{item}</a>}
          </li>
        ))}
      </ul>
      <ul class="entries">
        {team.runningNow
          .filter(({ asks }) => asks.length > 0)
          .map(({ id, session, asks }) => (
            <li key={id}>
              <a href={addressOf({ workspace, session })}>{l10n.t('{0} waits for an answer', asks[0]?.agent ?? '')}</a>
              <span class="quiet">{asks[0]?.what}</span>
            </li>
          ))}
      </ul>
    </>
  );
}

const ITEM_STATUS: Record<QueueItem['status'], string> = {
  waiting: l10n.t('waits'),
  held: l10n.t('held'),
  running: l10n.t('at work'),
  done: l10n.t('done'),
  failed: l10n.t('failed'),
  removed: l10n.t('removed'),
};

function Item({ workspace, item, ask }: { workspace: string; item: QueueItem; ask: Ask | undefined }) {
  const { id, text, status, priority, target, due, begins, waits, sessions } = item;
  const session = sessions.at(-1);
  const time = (at: number) => new Date(at).toLocaleString();
  return (
    <li>
      <strong>{id}</strong>
      {session === undefined ? <span>{text}</span> : <a href={addressOf({ workspace, session })}>{text}</a>}
      <span class="quiet">
        {[
          waits === undefined ? ITEM_STATUS[status] : l10n.t('waits: {0}', waits),
          l10n.t('priority {0}', priority),
          ...(target === undefined ? [] : [l10n.t('for {0}', target)]),
          ...(due === undefined ? [] : [l10n.t('due {0}', time(due))]),
          ...(begins === undefined || status !== 'waiting' ? [] : [l10n.t('begins about {0}', time(begins))]),
        ].join(' · ')}
      </span>
      {ask && (status === 'waiting' || status === 'held') && (
        <span class="buttons">
          <Button
            secondary
            label={status === 'held' ? l10n.t('Release {0}', id) : l10n.t('Hold {0}', id)}
            onClick={() => void ask({ kind: status === 'held' ? 'queue-release' : 'queue-hold', item: id })}
          >
            {status === 'held' ? l10n.t('Release') : l10n.t('Hold')}
          </Button>
          <Button
            secondary
            label={l10n.t('Remove {0}', id)}
            onClick={() => void ask({ kind: 'queue-remove', item: id })}
          >
            {l10n.t('Remove')}
          </Button>
        </span>
      )}
    </li>
  );
}

function Add({ ask }: { ask: Ask }) {
  const [text, setText] = useState('');
  const [target, setTarget] = useState('');
  const [priority, setPriority] = useState('5');
  const add = async () => {
    await ask({
      kind: 'queue-add',
      text: text.trim(),
      priority: Number(priority),
      ...(target.trim() !== '' && { target: target.trim() }),
    });
    setText('');
  };
  return (
    <form
      class="start"
      onSubmit={event => {
        event.preventDefault();
        if (text.trim() !== '') void add();
      }}
    >
      <label>
        {l10n.t('Work for the queue')}
        <textarea rows={2} value={text} onInput={event => setText(event.currentTarget.value)} />
      </label>
      <p class="actions">
        <label>
          {l10n.t('Member, pool or role')}{' '}
          <input value={target} onInput={event => setTarget(event.currentTarget.value)} />
        </label>
        <label>
          {l10n.t('Priority')}{' '}
          <select value={priority} onChange={event => setPriority(event.currentTarget.value)}>
            <option value="8">{l10n.t('high')}</option>
            <option value="5">{l10n.t('medium')}</option>
            <option value="2">{l10n.t('low')}</option>
          </select>
        </label>
        <button type="submit" disabled={text.trim() === ''}>
          {l10n.t('Add to Queue')}
        </button>
      </p>
    </form>
  );
}
