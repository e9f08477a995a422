import type { ComponentChildren } from 'preact';
import type { DashboardCommand } from '../../src/protocol/dashboard.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Team } from './team.tsx';

function Page({
  icon,
  title,
  text,
  children,
  below,
}: {
  icon: string;
  title: string;
  text: string;
  children?: ComponentChildren;
  below?: ComponentChildren;
}) {
  return (
    <main class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <h1>{title}</h1>
      <p>{text}</p>
      <div class="actions">{children}</div>
      {below}
    </main>
  );
}

function Run({ command, secondary, children }: { command: DashboardCommand; secondary?: boolean; children: string }) {
  return (
    <Button secondary={secondary === true} onClick={() => tell({ type: 'run', command })}>
      {children}
    </Button>
  );
}

export function Untrusted() {
  return (
    <Page
      icon="shield"
      title={l10n.t('This workspace is not trusted')}
      text={l10n.t('Agents change files and run commands, so none starts here.')}
    >
      <Run command="manage-trust">{l10n.t('Manage Workspace Trust')}</Run>
    </Page>
  );
}

export function NoFolder() {
  return (
    <Page icon="folder" title={l10n.t('No folder is open')} text={l10n.t('A team works on the files of a folder.')}>
      <Run command="open-folder">{l10n.t('Open Folder')}</Run>
    </Page>
  );
}

export function NoSession() {
  return (
    <Page
      icon="organization"
      title={l10n.t('No session yet')}
      text={l10n.t('State a goal. A team of agents plans it, works on it side by side, and you decide what stays.')}
      below={<Team />}
    >
      <Run command="start-session">{l10n.t('Start Session')}</Run>
      <Run command="start-demo" secondary>
        {l10n.t('Try the Demo')}
      </Run>
      <Run command="connect-model" secondary>
        {l10n.t('Connect a Model')}
      </Run>
    </Page>
  );
}

export function Failure({ reason }: { reason: string }) {
  return (
    <Page
      icon="error"
      title={l10n.t('The dashboard cannot be shown')}
      text={reason === 'silent' ? l10n.t('The extension does not answer. The session itself goes on.') : reason}
    >
      <Button onClick={() => tell({ type: 'again' })}>{l10n.t('Try Again')}</Button>
      <Run command="show-log" secondary>
        {l10n.t('Show Log')}
      </Run>
    </Page>
  );
}

/** While a snapshot comes in; short, so that nothing flickers. */
export function Loading() {
  return (
    <main class="loading" aria-busy="true">
      <h1 class="hidden">{l10n.t('The session is being read')}</h1>
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton" />
    </main>
  );
}
