import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { createChanges } from '../../../src/core/changes/changes.ts';
import type { Author } from '../../../src/core/changes/contract.ts';
import type { Deliveries } from '../../../src/core/delivery/contract.ts';
import type { Clock, Secrets } from '../../../src/core/ports.ts';
import { openJournal } from '../../../src/core/session/journal.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { hashOf } from '../../../src/node/hash.ts';
import { newId } from '../../../src/node/new-id.ts';
import { sealSecret } from '../../../src/node/session/secret.ts';
import { createSession } from '../../../src/node/session/sessions.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { createDeliveries } from '../../../src/runtime/delivery/deliveries.ts';
import { gitSync, userEnvironment } from './sample-repository.ts';

export const ada: Author = { agent: 'agent_1', task: 'ui', model: 'anthropic/opus' };
export const bob: Author = { agent: 'agent_2', task: 'api', model: 'openai/gpt' };

type Write = (author: Author, path: string, text: string | null) => Promise<void>;

export interface DeliveryLab {
  workspace: string;
  home: string;
  environment: NodeJS.ProcessEnv;
  git(...args: string[]): string;
  /** The user's own configuration. */
  configure(config: object): Promise<void>;
  /** A session that has ended, in which this was written; what `keep` names was accepted, or all of it. */
  session(
    goal: string,
    work: (write: Write) => Promise<void>,
    keep?: readonly string[],
    workspace?: string,
  ): Promise<string>;
  /** A program of the user's, as it starts. */
  deliveries(workspace?: string, clock?: Clock, secrets?: Secrets): Deliveries;
}

/** A home and a workspace in this folder; git knows its user. Nothing holds commands, and they may run all the same. */
export async function deliveryLab(folder: string, options: { repository?: boolean } = {}): Promise<DeliveryLab> {
  const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')];
  await mkdir(workspace);
  await mkdir(home);
  await writeFile(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  const environment = { ...userEnvironment(home), ORCHESTRATE_HOME: home, USER: 'ada' };
  const git = (...args: string[]) => gitSync(workspace, home, args);
  const configure = (config: object) =>
    writeFile(join(home, 'config.yaml'), stringify({ permissions: { sandbox: 'off' }, ...config }));
  await configure({ delivery: { approval: 'none' } });
  if (options.repository !== false) {
    git('init', '-q');
    await writeFile(join(workspace, 'a.txt'), 'one\ntwo\nthree\nfour\nfive\n');
    git('add', '.');
    git('commit', '-qm', 'first');
  }
  return {
    workspace,
    home,
    environment,
    git,
    configure,
    session: (goal, work, keep, at = workspace) => endedSession({ workspace: at, home }, goal, work, keep),
    deliveries: (at = workspace, clock = systemClock, secrets = { get: async () => undefined }) =>
      createDeliveries({
        kind: 'terminal',
        workspace: at,
        trusted: () => true,
        environment,
        version: '0',
        clock,
        log: { write: () => undefined },
        files: async () => new NodeWorkspace(at),
        present: () => true,
        secrets,
      }),
  };
}

/** A session of this user that has ended, in which this was written; what `keep` names was accepted, or all of it. */
export async function endedSession(
  { workspace, home }: { workspace: string; home: string },
  goal: string,
  work: (write: Write) => Promise<void>,
  keep?: readonly string[],
): Promise<string> {
  const { id, store } = await createSession({ workspace, clock: systemClock, secret: sealSecret(home) });
  const taken = await store.lock('terminal');
  if (!taken.ok) throw new Error('somebody owns a session that was just made');
  const log = { write: () => undefined };
  const journal = await openJournal(store, { clock: systemClock, redact: text => text, log });
  const files = new NodeWorkspace(workspace);
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  const budget = { alertAt: 0.8 };
  journal.append({
    type: 'session-started',
    session: id,
    goal,
    version: '0',
    workspace,
    rehearsal: false,
    budget,
  });
  for (const { agent, task } of [ada, bob]) {
    const part = { agent, role: 'implementer', ...(task && { task }), attempt: 1, route: [] };
    journal.append({ type: 'agent-started', ...part });
  }
  await work(async (author, path, text) => {
    const version = await files.read(path);
    const result = await changes.agentFiles.write({ path, content: text, author, seen: version?.hash ?? null });
    if (!result.ok) throw new Error(`${path}: ${result.reason}`);
  });
  for (const path of keep ?? changes.pendingFiles().map(file => file.path)) {
    const { refused } = await changes.accept({ path }, changes.views({ path }));
    if (refused.length > 0) throw new Error(`${path}: ${refused[0]?.reason}`);
  }
  journal.append({ type: 'session-ended', outcome: 'completed', reason: 'all done' });
  await journal.close();
  await store.close();
  return id;
}

/** What is refused, in the words of the refusal; nothing where it was not. */
export const refusal = (answer: { ok: true } | { ok: false; message: string }): string =>
  answer.ok ? '' : answer.message;

export const beside = (workspace: string, name: string) => join(dirname(workspace), name);
