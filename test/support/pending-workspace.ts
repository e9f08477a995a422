import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';
import { createChanges } from '../../src/core/changes/changes.ts';
import type { Author } from '../../src/core/changes/contract.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { systemClock } from '../../src/node/clock.ts';
import { hashOf } from '../../src/node/hash.ts';
import { newId } from '../../src/node/new-id.ts';
import { sealSecret } from '../../src/node/session/secret.ts';
import { createSession } from '../../src/node/session/sessions.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';

const frontend: Author = { agent: 'agent_1', task: 'labels', model: 'anthropic/claude-opus' };
const backend: Author = { agent: 'agent_2', task: 'storage', model: 'openai/gpt-5' };

const task = (id: string, title: string, role: string) => ({
  kind: 'agent' as const,
  id,
  title,
  role,
  instructions: title,
  needs: [],
  priority: 'medium' as const,
  optional: false,
  writes: ['**'],
  publishes: [],
  consumes: [],
  checks: [],
  complexity: 'normal' as const,
});

const homeBeside = (workspace: string) => join(dirname(workspace), 'home');

type Write = (author: Author, path: string, change: (text: string) => string | null) => Promise<void>;

/** A session of this team that has ended and left its work to be decided. */
export async function leaveSession(
  workspace: string,
  goal: string,
  work: (write: Write, journal: Journal) => Promise<void>,
) {
  const secret = sealSecret(homeBeside(workspace));
  const { id, store } = await createSession({ workspace, clock: systemClock, secret });
  const taken = await store.lock('terminal');
  if (!taken.ok) throw new Error('somebody owns a session that was just made');
  const log = { write: () => undefined };
  const journal = await openJournal(store, { clock: systemClock, redact: text => text, log });
  const files = new NodeWorkspace(workspace);
  const { agentFiles } = createChanges({ files, journal, hash: hashOf, newId });
  const write: Write = async (author, path, change) => {
    const version = await files.read(path);
    const content = change(new TextDecoder().decode(version?.bytes ?? new Uint8Array()));
    const result = await agentFiles.write({ path, content, author, seen: version?.hash ?? null });
    if (!result.ok) throw new Error(`${path}: ${result.reason}`);
  };

  const started = { session: id, goal, version: '0.1.0', workspace, rehearsal: false, budget: { alertAt: 0.8 } };
  journal.append({ type: 'session-started', ...started });
  const plan = {
    goal,
    phases: [],
    pools: {},
    tasks: [
      task('labels', 'Show how many items are open', 'frontend-specialist'),
      task('storage', 'Keep the list in a folder of its own', 'backend-specialist'),
    ],
  };
  journal.append({ type: 'plan-proposed', plan, revision: 1, source: 'planner' });
  journal.append({ type: 'plan-approved', revision: 1, by: 'user' });
  for (const [author, role] of [
    [frontend, 'frontend-specialist'],
    [backend, 'backend-specialist'],
    [{ agent: 'agent_3', task: 'labels' }, 'reviewer'],
  ] as const) {
    const { agent, task } = author;
    journal.append({ type: 'agent-started', agent, role, ...(task && { task }), attempt: 1, route: [] });
  }
  await work(write, journal);
  journal.append({ type: 'session-ended', outcome: 'completed', reason: 'all done' });
  await journal.close();
  await store.close();
  return id;
}

/** Another session on top, which worked on one of the same files and on one of its own. Its id. */
export const leaveLaterSession = (workspace: string): Promise<string> =>
  leaveSession(workspace, 'Say how the list is used', async write => {
    await write(backend, 'list.js', text => `// Items are never changed in place.\n${text}`);
    await write(frontend, 'docs/usage.md', () => '# How to use it\n\n`node todo.js add Milk`\n');
  });

/** A copy of the sample with a session whose work waits to be decided. */
export interface PendingWorkspace {
  workspace: string;
  /** The folder of the user whose sessions they are. */
  home: string;
  /** One more copy, of the same user. */
  another(): Promise<PendingWorkspace>;
  remove(): Promise<void>;
}

/** A copy of the sample in which a session of two agents and a reviewer has ended and left its work to be decided. */
export async function pendingWorkspace(): Promise<PendingWorkspace> {
  return pendingIn(await mkdtemp(join(tmpdir(), 'orchestrate-pending-')), 'todo-list');
}

async function pendingIn(scratch: string, name: string): Promise<PendingWorkspace> {
  const workspace = join(scratch, name);
  await cp(join(root, 'test', 'support', 'sample'), workspace, { recursive: true });
  await writeFile(join(workspace, 'old-notes.md'), '# Notes\n\nNobody reads this any more.\n');
  const goal = 'Show how many items are open, and keep the list in a folder of its own';
  await leaveSession(workspace, goal, (write, journal) => labelsAndStorage(workspace, write, journal));
  return {
    workspace,
    home: homeBeside(workspace),
    another: () => pendingIn(scratch, `${name}-again`),
    remove: () => rm(scratch, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function labelsAndStorage(workspace: string, write: Write, journal: Journal): Promise<void> {
  await write(frontend, 'list.js', text =>
    text
      .replace(
        `  return todos.map(({ text, done }) => \`\${done ? '[x]' : '[ ]'} \${text}\`).join('\\n');\n`,
        `  const lines = todos.map(({ text, done }, index) => \`\${index + 1}. \${done ? '✔' : '☐'} \${text}\`);\n  return [...lines, summary(todos)].join('\\n');\n`,
      )
      .concat(
        `\n/** How many are still open, in words. */\nexport function summary(todos) {\n  const open = todos.filter(({ done }) => !done).length;\n  if (open === 0) return 'All done.';\n  return open === 1 ? 'One to go.' : \`\${open} to go.\`;\n}\n`,
      ),
  );
  await write(backend, 'list.js', text =>
    text.replace(
      '  return [...todos, { text, done: false }];\n',
      '  const trimmed = text.trim();\n  if (trimmed === "") throw new Error("an item needs a text");\n  return [...todos, { text: trimmed, done: false }];\n',
    ),
  );
  await write(backend, 'todo.js', text =>
    text
      .replace(
        "import { readFile, writeFile } from 'node:fs/promises';",
        "import { mkdir, readFile, writeFile } from 'node:fs/promises';",
      )
      .replace("const file = 'todos.json';", `const folder = '.todo';\nconst file = \`\${folder}/todos.json\`;`)
      .replace(
        "if (command === 'add') await writeFile(file, JSON.stringify(add(todos, words.join(' ')), null, 2));",
        "if (command === 'add') {\n  await mkdir(folder, { recursive: true });\n  await writeFile(file, JSON.stringify(add(todos, words.join(' ')), null, 2));\n}",
      ),
  );
  await write(
    backend,
    'docs/storage.md',
    () => '# Where the list is kept\n\nIn `.todo/todos.json`, beside the program.\n',
  );
  await write(frontend, 'old-notes.md', () => null);
  const line = (await readFile(join(workspace, 'list.js'), 'utf8')).split('\n').findIndex(one => one.includes('✔')) + 1;
  journal.append({
    type: 'finding-added',
    finding: 'finding_1',
    agent: 'agent_3',
    task: 'labels',
    severity: 'major',
    path: 'list.js',
    line,
    text: 'The box and the check mark have different widths in some terminals, so the column does not line up.',
  });
}
