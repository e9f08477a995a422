/** An extension that holds nothing but the dashboard, over sessions in memory that tests put on it through commands. */
import * as vscode from 'vscode';
import type { TeamSource } from '../../../src/dashboard/sessions.ts';
import { Dashboard } from '../../../src/editor/dashboard/panel.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { type MemoryJournal, memoryJournal } from '../memory-journal.ts';
import { badEnd, type Stage, story } from '../story.ts';
import { crowd } from './crowd.ts';
import { type MemorySession, memorySession } from './memory-session.ts';
import { standingTeam } from './standing.ts';
import { strained } from './strained.ts';

const themes: Record<string, string> = {
  'vscode-dark': 'Default Dark Modern',
  'vscode-light': 'Default Light Modern',
  'vscode-high-contrast': 'Default High Contrast',
  'vscode-high-contrast-light': 'Default High Contrast Light',
};

const sessions: MemorySession[] = [];
const listeners = new Set<() => void>();

function put(...next: MemorySession[]): void {
  sessions.splice(0, sessions.length, ...next);
  for (const { journal } of next) journal.subscribe(changed);
  changed();
}

function changed(): void {
  for (const listen of [...listeners]) listen();
}

/** The story as far as that stage, ending now; what is appended later is dated then. */
function told(stage: Stage, name = 'story', say = (event: Event) => event): MemorySession {
  const { steps, stages } = story();
  const events: { after: number; event: Event }[] = steps.slice(0, stages[stage]);
  if (stage === 'failed') for (const event of badEnd) events.push({ after: 400, event });
  let at = Date.now() - events.reduce((sum, { after }) => sum + after, 0);
  let telling = true;
  const journal: MemoryJournal = memoryJournal(() => (telling ? at : Date.now()));
  for (const { after, event } of events) {
    at += after;
    journal.append(dated(say(event), name, at));
  }
  telling = false;
  return memorySession(journal);
}

function dated(event: Event, name: string, at: number): Event {
  if (event.type === 'session-started') return { ...event, session: name };
  return event.type === 'route-parked' ? { ...event, until: at + 75_000 } : event;
}

const talk =
  'I read the contract and begin with the route that lists todos.\nEach todo has an id, a title and a state. ';

/** Lets the agents speak. */
function speak({ stream }: MemorySession): void {
  stream('api-1', { type: 'attempt', call: 'live', model: 'anthropic/claude-opus' });
  stream('api-1', { type: 'reasoning', text: 'The owner has to be compared before anything is deleted.\n' });
  stream('api-1', { type: 'text', text: talk.repeat(4) });
  stream('api-1', { type: 'tool-call-start', id: 't0', name: 'run_command' });
  stream('api-1', { type: 'tool-call-delta', id: 't0', json: '{"command":"npm test","why":"What holds so far"}' });
  stream('api-1', { type: 'tool-output', call: 't0', text: '12 passing\n' });
  stream('api-1', { type: 'tool-call-start', id: 't1', name: 'write_file' });
  stream('api-1', {
    type: 'tool-call-delta',
    id: 't1',
    json: '{"path":"server/todos.ts","content":"export const todos = [];\\nexport',
  });
  stream('page-1', { type: 'text', text: talk });
}

/** It stands while a test wants it to. */
const team: TeamSource & { runs: boolean; state: TeamSource['state']; look(): Promise<void> } = {
  state: undefined,
  runs: false,
  onChange(listener) {
    listeners.add(listener);
    return { dispose: () => void listeners.delete(listener) };
  },
  look: async () => undefined,
};

const stages: Stage[] = ['planning', 'approval', 'running', 'asking', 'paused', 'spent', 'finished', 'failed'];

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Dashboard stage', { log: true });
  const dashboard = new Dashboard(
    context.extensionUri,
    {
      sessions,
      onChange(listener) {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
    },
    team,
    log,
  );
  const on = (command: string, run: (argument: string) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(command, run));
  const stage = (name: Stage) => {
    put(told(name));
    void context.workspaceState.update('stage', name);
  };
  const onStage = (name: string, set: () => unknown) =>
    on(`stage.${name}`, () => {
      set();
      void dashboard.open();
    });
  for (const name of stages) onStage(name, () => stage(name));
  on('stage.speak', () => {
    for (const session of sessions) speak(session);
  });
  on('stage.question', () => {
    sessions.at(-1)?.journal.append({ type: 'question-asked', ask: 'ask-late', agent: 'api-1', text: 'Which port?' });
  });
  onStage('unheld', () => {
    put(told('running', 'unheld'));
    const both = 'bubblewrap socat';
    const how = `apt install ${both} (Debian, Ubuntu), dnf install ${both} (Fedora), pacman -S ${both} (Arch)`;
    const text = `bubblewrap, socat are not installed. Install bubblewrap, socat: ${how}.`;
    sessions.at(-1)?.journal.append({ type: 'notice', level: 'warning', code: 'not-held', text });
  });
  onStage('two', () => put(told('running', 'second'), told('asking', 'first')));
  onStage('strained', () => put(told('asking', 'story', strained)));
  onStage('crowd', () => put(crowd()));
  onStage('none', () => put());
  onStage('team', () => {
    team.runs = !team.runs;
    team.state = standingTeam(Date.now()).state;
    changed();
  });
  on('stage.afresh', () => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  on('stage.theme', kind => vscode.workspace.getConfiguration('workbench').update('colorTheme', themes[kind], true));
  on('orchestrate.openDashboard', () => dashboard.open());
  context.subscriptions.push(log, dashboard);
  // After a reload of the window the stage is as it was.
  const before = context.workspaceState.get<Stage>('stage');
  if (before) stage(before);
}
