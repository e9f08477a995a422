import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCommandJudge } from '../../core/agent/command-policy.ts';
import type { OwnRuns } from '../../core/agent/commands/places.ts';
import type { CommandRules } from '../../core/agent/commands/rules.ts';
import type { Looseness } from '../../core/agent/loose.ts';
import { createChanges } from '../../core/changes/changes.ts';
import type { Journal } from '../../core/session/contract.ts';
import { diskOf } from '../../node/disk.ts';
import { hashOf } from '../../node/hash.ts';
import { newId } from '../../node/new-id.ts';
import { NodeWorkspaceWatch } from '../../node/workspace-watch.ts';
import type { Engine } from '../engine.ts';
import { grantedJudge } from '../grants.ts';
import type { SessionHost } from '../session-host.ts';
import type { JournalPart } from './journal.ts';

/** The files that agents work on, what becomes of what they write, and which commands they may run. */
export async function workspacePart(host: SessionHost, engine: Engine, { journal }: JournalPart) {
  const { files, processes } = host;
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();
  const rules = engine.config.permissions?.commands;
  const judgeIn = (root: string, own?: OwnRuns) => {
    const policyWith = (prefixes: readonly string[]) =>
      createCommandJudge({
        roots: [root],
        shell: processes.shell,
        disk: diskOf(root),
        own,
        rules: { ...(rules as CommandRules | undefined), prefixes },
      });
    return grantedJudge(policyWith, host.grants);
  };
  const { commandFiles } = changes;
  const loose: Looseness = { watch: new NodeWorkspaceWatch(files.root), commandFiles, running: new Set() };
  return { files, processes, changes, loose, judgeIn, judge: judgeIn(files.root, ownRuns(files.root, journal)) };
}

/** What agents wrote counts as a person's once it was accepted, as long as the file stays as it was then. */
function ownRuns(root: string, journal: Journal): OwnRuns {
  return {
    began: journal.state.startedAt ?? Date.now(),
    accepted(path) {
      const file = journal.state.files.get(path);
      if (file?.status !== 'accepted') return false;
      try {
        return hashOf(readFileSync(join(root, path))) === file.content;
      } catch {
        return false;
      }
    },
  };
}

export type WorkspacePart = Awaited<ReturnType<typeof workspacePart>>;
