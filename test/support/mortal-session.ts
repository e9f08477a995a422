// A rehearsed session in a process of its own that ends itself the hard way: killed at the record it is told to.
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeConfig } from '../../src/core/config/merge.ts';
import type { ProcessOutcome } from '../../src/core/ports.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { NodeProcesses } from '../../src/node/processes.ts';
import { NodeProjectTexts } from '../../src/node/project-texts.ts';
import { sealSecret } from '../../src/node/session/secret.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import { Engine } from '../../src/runtime/engine.ts';
import { GrantFile } from '../../src/runtime/grants.ts';
import { openSession } from '../../src/runtime/open-session.ts';
import { startRehearsal } from '../../src/runtime/rehearsal.ts';

/** How a run is asked for, as JSON in the first argument. */
export interface MortalOptions {
  workspace: string;
  home: string;
  /** Resumes this one; a new session without. */
  session?: string;
  /** Dies when so many records have been appended in this run. */
  dieAfter?: number;
  /** Waits until the last of them is on disk. */
  flushed?: boolean;
}

const options = JSON.parse(process.argv[2] ?? '{}') as MortalOptions;
const { workspace, home } = options;
const script = fileURLToPath(new URL('../../media/rehearsals/todo.yaml', import.meta.url));

/** What the commands of the rehearsal answer, told by the files instead of by running them: hundreds of runs are made. */
const processes: NodeProcesses = {
  shell: 'posix',
  async run({ command, env }, signal) {
    appendFileSync(join(home, 'commands.log'), `${command}\n`);
    await new Promise(done => setImmediate(done));
    if (command.includes('test:trial')) return serving(Number(env?.PORT), signal);
    const broken =
      command.includes('public/') && (await readFile(join(workspace, 'public/view.js'), 'utf8')).includes('emit');
    const todo = { id: '1', title: 'Buy milk', done: false, createdAt: '2026-01-01' };
    const output = command.includes('contract') ? JSON.stringify({ todos: [todo] }) : '';
    return { ended: 'exit', exit: broken ? 1 : 0, output, omitted: 0, ms: 1 };
  },
};

/** The server that the team has written, in this process: it ends with it. */
async function serving(port: number, signal: AbortSignal): Promise<ProcessOutcome> {
  const module = async (file: string) => import(pathToFileURL(join(workspace, 'server', file)).href);
  const [{ createApp }, { openStore }] = await Promise.all([module('app.js'), module('store.js')]);
  const app = createApp(openStore(join(home, 'todos.json')));
  app.listen(port, '127.0.0.1');
  await once(signal, 'abort');
  app.closeAllConnections();
  app.close();
  return { ended: 'aborted', output: '', omitted: 0, ms: 1 };
}

const die = () => process.kill(process.pid, 'SIGKILL');
const log = { write: () => undefined };
const rehearsal = await startRehearsal(script);
// Each kill costs the whole reservations of the calls under way: the budget must not be what ends the session.
const engine = new Engine({
  clock: systemClock,
  log,
  config: mergeConfig({ routing: { retries: 0 }, budget: { sessionUsd: 1e6 } }, rehearsal.config),
  secrets: rehearsal.secrets,
});
await engine.load();
const opened = await openSession(
  {
    kind: 'terminal',
    workspace,
    files: new NodeWorkspace(workspace),
    processes,
    texts: new NodeProjectTexts(workspace),
    clock: systemClock,
    log,
    version: '0',
    present: () => false,
    approvePlan: false,
    approveAll: true,
    grants: new GrantFile(home, workspace),
    secret: sealSecret(home),
    rehearsal: true,
    retention: { keep: 10, maxBytes: 1e9 },
  },
  engine,
  options.session ? { kind: 'resume', session: options.session } : { kind: 'new', goal: rehearsal.script.goal },
);
if (!opened.ok) {
  console.log(JSON.stringify(opened));
  process.exit(3);
}
const { session } = opened;
let left = options.dieAfter ?? Number.POSITIVE_INFINITY;
session.journal.subscribe(() => {
  if (--left > 0) return;
  if (options.flushed) void session.journal.flush().then(die);
  else die();
});
const outcome = await session.done;
console.log(JSON.stringify({ ok: true, outcome }));
await engine.close();
await rehearsal.close();
