import { createCommandJudge } from '../../core/agent/command-policy.ts';
import type { CommandRules } from '../../core/agent/commands/rules.ts';
import { createChanges } from '../../core/changes/changes.ts';
import { diskOf } from '../../node/disk.ts';
import { hashOf } from '../../node/hash.ts';
import { newId } from '../../node/new-id.ts';
import type { Engine } from '../engine.ts';
import { grantedJudge } from '../grants.ts';
import type { SessionHost } from '../open-session.ts';
import type { JournalPart } from './journal.ts';

/** The files that agents work on, what becomes of what they write, and which commands they may run. */
export async function workspacePart(host: SessionHost, engine: Engine, { journal }: JournalPart) {
  const { files, processes } = host;
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();
  const rules = engine.config.permissions?.commands;
  const judgeIn = (root: string) => {
    const policy = createCommandJudge({
      roots: [root],
      shell: processes.shell,
      disk: diskOf(root),
      ...(rules && { rules: rules as CommandRules }),
    });
    return grantedJudge(policy, host.grants);
  };
  return { files, processes, changes, judgeIn, judge: judgeIn(files.root) };
}

export type WorkspacePart = Awaited<ReturnType<typeof workspacePart>>;
