import { useEffect, useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { api } from './client.ts';
import { usePolled } from './polled.ts';
import { addressOf, goTo, teamAddress } from './route.ts';
import { mayDecide } from './signed-in.ts';

/** All sessions, and a new one. */
export function SessionsPage() {
  const { value, wrong } = usePolled(() => api.sessions(), '');
  const sessions = value?.items;
  return (
    <main>
      <h1>{l10n.t('Sessions')}</h1>
      {mayDecide() && <StartForm />}
      <p role="alert" class="failed">
        {wrong}
      </p>
      {sessions?.length === 0 && <p class="quiet">{l10n.t('No session yet')}</p>}
      <ul class="entries">
        {sessions?.map(session => (
          <li key={`${session.workspace}/${session.id}`}>
            <a href={addressOf({ workspace: session.workspace, session: session.id })}>{session.goal ?? session.id}</a>
            <span class="quiet">
              <a href={teamAddress(session.workspace)}>{session.workspace}</a>
              {' · '}
              {[
                new Date(session.startedAt ?? session.lastAt).toLocaleString(),
                session.runs ? l10n.t('runs') : (session.outcome ?? l10n.t('interrupted')),
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </main>
  );
}

function StartForm() {
  const [goal, setGoal] = useState('');
  const [workspaces, setWorkspaces] = useState<string[]>([]);
  const [workspace, setWorkspace] = useState<string>();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void api.workspaces().then(read => {
      if (!read.ok) return;
      const names = read.value.items.filter(({ readOnly }) => !readOnly).map(({ name }) => name);
      setWorkspaces(names);
      setWorkspace(names[0]);
    });
  }, []);
  const start = async (work: object) => {
    setBusy(true);
    const begun = await api.start({ workspace, ...work });
    setBusy(false);
    setWrong(begun.ok ? '' : begun.message);
    if (begun.ok) goTo(addressOf({ workspace: begun.value.workspace, session: begun.value.id }));
  };
  if (workspace === undefined) return null;
  return (
    <form
      class="start"
      onSubmit={event => {
        event.preventDefault();
        if (goal.trim() !== '') void start({ goal: goal.trim() });
      }}
    >
      <label>
        {l10n.t('Goal')}
        <textarea rows={3} value={goal} onInput={event => setGoal(event.currentTarget.value)} />
      </label>
      {workspaces.length > 1 && (
        <label>
          {l10n.t('Workspace')}
          <select value={workspace} onChange={event => setWorkspace(event.currentTarget.value)}>
            {workspaces.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <p class="actions">
        <button type="submit" disabled={busy || goal.trim() === ''}>
          {l10n.t('Start Session')}
        </button>{' '}
        <button type="button" class="secondary" disabled={busy} onClick={() => void start({ rehearse: 'todo' })}>
          {l10n.t('Try the Demo')}
        </button>
      </p>
      <p role="alert" class="failed">
        {wrong}
      </p>
    </form>
  );
}
