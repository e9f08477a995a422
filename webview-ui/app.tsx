import type { DashboardCommand } from '../src/protocol/dashboard.ts';
import { tell } from './host.ts';
import type { Model } from './model/model.ts';

export function App({ model }: { model: Model }) {
  const workspace = model.workspace.value;
  if (!workspace) return <main aria-busy="true" />;
  if (workspace === 'untrusted') {
    return (
      <Empty title="This workspace is not trusted" text="Agents change files and run commands, so none starts here.">
        <Button command="manage-trust">Manage Workspace Trust</Button>
      </Empty>
    );
  }
  if (workspace === 'no-folder') {
    return (
      <Empty title="No folder is open" text="A team works on the files of a folder.">
        <Button command="open-folder">Open Folder</Button>
      </Empty>
    );
  }
  const session = model.session.value;
  if (!session) {
    return (
      <Empty
        title="No session yet"
        text="State a goal. A team of agents plans it, works on it side by side, and you decide what stays."
      >
        <Button command="start-session">Start Session</Button>
        <Button command="start-demo" secondary>
          Try the Demo, No Keys Needed
        </Button>
        <Button command="set-api-key" secondary>
          Add a Provider Key
        </Button>
      </Empty>
    );
  }
  return (
    <main>
      <h1>{session.goal}</h1>
      <p>{session.status}</p>
    </main>
  );
}

function Empty({ title, text, children }: { title: string; text: string; children: preact.ComponentChildren }) {
  return (
    <main class="empty">
      <h1>{title}</h1>
      <p>{text}</p>
      <div class="actions">{children}</div>
    </main>
  );
}

interface ButtonProps {
  command: DashboardCommand;
  secondary?: boolean;
  children: preact.ComponentChildren;
}

function Button({ command, secondary, children }: ButtonProps) {
  return (
    <button type="button" class={secondary ? 'secondary' : ''} onClick={() => tell({ type: 'run', command })}>
      {children}
    </button>
  );
}
