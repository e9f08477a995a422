import { useEffect, useState } from 'preact/hooks';
import { App } from '../app.tsx';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { shownTranscript, TranscriptView } from '../views/transcript.tsx';
import { api, type SessionPlace } from './client.ts';
import { askForNotices, permission } from './notices.ts';
import { PlanPage } from './plan-page.tsx';
import { ReportPage } from './report-page.tsx';
import { ReviewPage } from './review-page.tsx';
import { addressOf, goTo, type Route, route, teamAddress } from './route.ts';
import { SessionsPage } from './sessions-page.tsx';
import { signInWith, signOut, visitor } from './signed-in.ts';
import { TeamPage } from './team-page.tsx';
import { connected, trouble } from './transport.ts';

/** The page in a browser: who looks, where they are, and what is there. */
export function Shell() {
  const who = visitor.value;
  if (who === undefined) return <main aria-busy="true" />;
  if (who === 'nobody') return <SignInPage />;
  const shown = route.value;
  return (
    <>
      <nav class="bar" aria-label={l10n.t('Pages')}>
        <a href="#/" aria-current={shown.page === 'sessions' ? 'page' : undefined}>
          {l10n.t('Sessions')}
        </a>
        {'workspace' in shown && (
          <a href={teamAddress(shown.workspace)} aria-current={shown.page === 'team' ? 'page' : undefined}>
            {l10n.t('Team')}
          </a>
        )}
        {'session' in shown && <Pages shown={shown} />}
        <span class="grow" />
        <span class="quiet">{who.access === 'read' ? l10n.t('{0}, reading only', who.name) : who.name}</span>
        {permission.value === 'default' && (
          <Button secondary onClick={() => void askForNotices()}>
            {l10n.t('Notify Me of Questions')}
          </Button>
        )}
        <Button secondary onClick={() => void signOut()}>
          {l10n.t('Sign Out')}
        </Button>
      </nav>
      <p class="lost" role="status">
        {!connected.value && shown.page === 'dashboard' && l10n.t('The server does not answer. It is tried again.')}
      </p>
      <p class="lost" role="alert">
        {trouble.value}
      </p>
      <Page shown={shown} />
    </>
  );
}

function Pages({ shown }: { shown: Extract<Route, SessionPlace> }) {
  const pages = [
    ['dashboard', l10n.t('Dashboard'), addressOf(shown)],
    ['plan', l10n.t('Plan'), addressOf(shown, 'plan')],
    ['review', l10n.t('Review'), addressOf(shown, 'review')],
    ['report', l10n.t('Report'), addressOf(shown, 'report')],
  ] as const;
  return pages.map(([page, label, address]) => (
    <a key={page} href={address} aria-current={shown.page === page ? 'page' : undefined}>
      {label}
    </a>
  ));
}

function Page({ shown }: { shown: Route }) {
  switch (shown.page) {
    case 'sessions':
      return <SessionsPage />;
    case 'team':
      return <TeamPage key={shown.workspace} workspace={shown.workspace} />;
    case 'dashboard':
      return <App />;
    case 'plan':
      return <PlanPage key={shown.session} place={shown} />;
    case 'review':
      return <ReviewPage key={shown.session} place={shown} />;
    case 'report':
      return <ReportPage key={shown.session} place={shown} />;
    case 'transcript':
      return <TranscriptPage key={shown.agent} place={shown} agent={shown.agent} />;
  }
}

function TranscriptPage({ place, agent }: { place: SessionPlace; agent: string }) {
  useEffect(() => {
    shownTranscript.value = undefined;
    const load = async () => {
      const read = await api.transcript(place, agent);
      if (!read.ok) trouble.value = read.message;
      else shownTranscript.value = { title: agent, about: '', entries: read.value.entries };
    };
    void load();
  }, [agent]);
  return <TranscriptView onFile={() => goTo(addressOf(place, 'review'))} />;
}

function SignInPage() {
  const [token, setToken] = useState('');
  const [wrong, setWrong] = useState(false);
  const open = async () => setWrong(!(await signInWith(token.trim())));
  return (
    <main class="empty">
      <h1>{l10n.t('Sign in')}</h1>
      <p>{l10n.t('Open the address that the server printed, or give a token here.')}</p>
      <form
        onSubmit={event => {
          event.preventDefault();
          void open();
        }}
      >
        <input
          type="password"
          aria-label={l10n.t('Token')}
          autocomplete="off"
          value={token}
          onInput={event => setToken(event.currentTarget.value)}
        />{' '}
        <button type="submit">{l10n.t('Sign In')}</button>
      </form>
      <p role="alert" class="failed">
        {wrong && l10n.t('That token opens nothing.')}
      </p>
    </main>
  );
}
