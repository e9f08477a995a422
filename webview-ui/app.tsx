import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { l10n } from './l10n.ts';
import { announcement, model } from './page.ts';
import { sessionLook } from './parts/states.ts';
import { AgentDetail } from './views/agent-detail.tsx';
import { Agents } from './views/agents.tsx';
import { Asks } from './views/asks.tsx';
import { Banner, Elsewhere, Unheld } from './views/banner.tsx';
import { Failure, Loading, NoFolder, NoSession, Untrusted } from './views/empty.tsx';
import { Header } from './views/header.tsx';
import { Artifacts, Checklist, Decisions, Incidents, Problems } from './views/knowledge.tsx';
import { Money } from './views/money.tsx';
import { Providers } from './views/providers.tsx';
import { Tasks } from './views/tasks.tsx';
import { Team } from './views/team.tsx';
import { Timeline } from './views/timeline.tsx';

/** Why nothing can be shown: the host's words, or `silent`. */
export const failure = signal<string | undefined>(undefined);

export function App() {
  if (failure.value !== undefined) return <Failure reason={failure.value} />;
  switch (model.workspace.value) {
    case undefined:
      return <Loading />;
    case 'untrusted':
      return <Untrusted />;
    case 'no-folder':
      return <NoFolder />;
    case 'ready':
      if (model.session.value) return <Session />;
      return model.complete.value ? <NoSession /> : <Loading />;
  }
}

function Session() {
  return (
    <main>
      <Spoken />
      <Header />
      <Elsewhere />
      <Asks />
      <Banner />
      <Unheld />
      <Team />
      <div class="columns">
        <div class="column">
          <Agents />
          <Timeline />
          <Tasks />
          <Problems />
          <Decisions />
        </div>
        <div class="column">
          <AgentDetail />
          <Money />
          <Providers />
          <Checklist />
          <Incidents />
          <Artifacts />
        </div>
      </div>
    </main>
  );
}

/** The session's state for those who hear the page, when it changes. */
function Spoken() {
  const session = model.session.value;
  const label = session && sessionLook(session).label;
  useEffect(() => {
    if (label) announcement.value = l10n.t('Session: {0}', label);
  }, [label]);
  return (
    <div class="hidden" role="status">
      {announcement.value}
    </div>
  );
}
