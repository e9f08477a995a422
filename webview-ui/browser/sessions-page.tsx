import { useEffect, useState } from 'preact/hooks';
import type { SessionItem } from '../../src/protocol/api.ts';
import { l10n } from '../l10n.ts';
import { api } from './client.ts';
import { addressOf, goTo } from './route.ts';
import { visitor } from './signed-in.ts';

/** While it is open it is looked again for sessions of others. */
const LOOK_MS = 3000;

/** All sessions, and a new one. */
export function SessionsPage() {
  const [sessions, setSessions] = useState<SessionItem[]>();
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    const look = async () => {
      const read = await api.sessions();
      if (read.ok) setSessions(read.value.items);
      setWrong(read.ok ? '' : read.message);
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const who = visitor.value;
  return (
    <main>
      <h1>{l10n.t('Sessions')}</h1>
      {typeof who === 'object' && who.access === 'full' && <StartForm />}
      <p role="alert" class="failed">
        {wrong}
      </p>
      {sessions?.length === 0 && <p class="quiet">{l10n.t('No session yet')}</p>}
      <ul class="sessions">
        {sessions?.map(session => (
          <li key={`${session.workspace}/${session.id}`}>
            <a href={addressOf({ workspace: session.workspace, session: session.id })}>{session.goal ?? session.id}</a>
            <span class="quiet">
              {[
                session.workspace,
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
