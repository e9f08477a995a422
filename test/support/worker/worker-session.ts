import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../../src/core/ports.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { createProcesses } from '../../../src/node/processes.ts';
import { NodeProjectTexts } from '../../../src/node/project-texts.ts';
import { sealSecret } from '../../../src/node/session/secret.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import type { HandedImage } from '../../../src/protocol/attached.ts';
import type { Config } from '../../../src/protocol/config.ts';
import type { EventOf, EventType, JournalEvent } from '../../../src/protocol/events.ts';
import { Plan } from '../../../src/protocol/plan.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../../src/rehearsal/wire/types.ts';
import type { RunningSession } from '../../../src/runtime/contract.ts';
import { Engine } from '../../../src/runtime/engine.ts';
import { GrantFile } from '../../../src/runtime/grants.ts';
import { openSession } from '../../../src/runtime/open-session.ts';
import { serve } from '../wire.ts';
import type { Habits, Note, Script } from './acp-agent.ts';

const AGENT = fileURLToPath(new URL('./acp-agent.ts', import.meta.url));
const log = { write: () => undefined };
const running: { session: RunningSession; over: Promise<unknown> }[] = [];

/** Ends what a test left running. */
export async function endSessions(): Promise<void> {
  for (const { session, over } of running.splice(0)) {
    session.stop('the test is over');
    await over;
  }
}

export interface WorkerSessionOptions {
  /** The folder of everything. */
  folder: string;
  script: Script;
  files?: Record<string, string>;
  writes?: string[];
  task?: object;
  /** Tasks beside it. */
  others?: object[];
  /** How the CLI agent is, whatever its script. */
  habits?: Habits;
  /** The known CLI agent that it passes for, with all that we know of that one. */
  as?: string;
  /** Beside `worker: fake`. */
  header?: string;
  /** Another than the one that follows the script. */
  worker?: string;
  config?: Config;
  /** Holds its commands and its CLI agent. */
  sandbox?: Sandbox;
  /** Over ours. */
  environment?: Record<string, string>;
  /** What the models say that stand in. */
  answer?: (request: CanonicalRequest) => ScriptedAnswer;
  /** Handed in with the goal. */
  images?: readonly HandedImage[];
  present?: boolean;
  /** Resumes the one there is. */
  resume?: string;
}

export interface WorkerSession {
  session: RunningSession;
  workspace: string;
  events: JournalEvent[];
  of<T extends EventType>(type: T): (JournalEvent & EventOf<T>)[];
  /** Resolves with the first event of a type, also one that has been. */
  seen<T extends EventType>(type: T, fits?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
  /** Undefined where there is no such file. */
  file(path: string): Promise<string | undefined>;
  notes(): Promise<Note[]>;
  prompts(): Promise<string[]>;
  /** Its outcome, when all of it is written. */
  over(): Promise<string>;
}

/** The arguments of Node that start it. */
export const scriptedAgent = (notesFile: string, script: Script, habits: Habits = {}): string[] => [
  '--disable-warning=ExperimentalWarning',
  AGENT,
  notesFile,
  JSON.stringify(script),
  JSON.stringify(habits),
];

/** A real session with one task, whose role names a CLI agent that follows a script in a process of its own. */
export async function workerSession(options: WorkerSessionOptions): Promise<WorkerSession> {
  const { folder, script, files = {}, writes = ['**'], resume } = options;
  const workspace = join(folder, 'workspace');
  const home = join(folder, 'home');
  const notesFile = join(folder, 'notes.jsonl');
  await mkdir(home, { recursive: true });
  if (resume === undefined) {
    const role = `---\ndescription: Works.\nworker: ${options.worker ?? options.as ?? 'fake'}\n${options.header ?? ''}---\nYou work.\n`;
    for (const [path, text] of Object.entries({ ...files, '.orchestrate/agents/maker.md': role })) {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), text);
    }
  }
  const servers = await serve({ answer: options.answer ?? (() => ({ text: 'no' })) });
  const { habits = {}, as = 'fake' } = options;
  const args = scriptedAgent(notesFile, script, habits);
  const { config } = options;
  const engine = new Engine({
    clock: systemClock,
    log,
    config: {
      routing: { retries: 0 },
      ...config,
      providers: { anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic } },
      workers: { ...config?.workers, [as]: { command: process.execPath, args, ...config?.workers?.[as] } },
    },
    secrets: { get: async name => (name === 'anthropic' ? 'a-key-of-ours' : undefined) },
    userFolder: home,
  });
  await engine.load();
  const plan = Plan.parse({
    goal: 'Make it',
    tasks: [
      { id: 'make', title: 'Make', role: 'maker', instructions: 'Make it.', writes, ...options.task },
      ...(options.others ?? []),
    ],
  });
  const opened = await openSession(
    {
      kind: 'terminal',
      workspace,
      files: new NodeWorkspace(workspace),
      processes: createProcesses({ root: workspace }),
      texts: new NodeProjectTexts(workspace),
      clock: systemClock,
      log,
      version: '0',
      present: () => options.present === true,
      approvePlan: false,
      approveAll: true,
      grants: new GrantFile(home, workspace),
      secret: sealSecret(home),
      environment: { ...process.env, ...options.environment, ANTHROPIC_API_KEY: 'a-key-of-ours' },
      rehearsal: false,
      holding: options.sandbox && { sandbox: options.sandbox, network: [] },
      retention: { keep: 10, maxBytes: 1e9 },
    },
    engine,
    resume === undefined
      ? { kind: 'new', goal: 'Make it', plan, ...(options.images && { images: options.images }) }
      : { kind: 'resume', session: resume },
  );
  assert.ok(opened.ok);
  const { session } = opened;
  const events: JournalEvent[] = [];
  session.journal.subscribe(event => void events.push(event));
  const of = <T extends EventType>(type: T) => events.filter(event => event.type === type) as never;
  const over = session.done.finally(() => engine.close());
  running.push({ session, over });
  const notes = async () =>
    (await readFile(notesFile, 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Note);
  return {
    session,
    workspace,
    events,
    of,
    async seen(type, fits = () => true) {
      for (;;) {
        const found = (of(type) as EventOf<typeof type>[]).find(fits);
        if (found) return found;
        await new Promise<void>(resolve => {
          const subscription = session.journal.subscribe(() => {
            subscription.dispose();
            resolve();
          });
        });
      }
    },
    file: async path => {
      const absolute = join(workspace, path);
      return existsSync(absolute) ? readFile(absolute, 'utf8') : undefined;
    },
    notes,
    prompts: async () => (await notes()).flatMap(note => ('prompt' in note ? [note.prompt] : [])),
    over: () => over,
  };
}
