import { DELIVERY } from '../../core/delivery/defaults.ts';
import { GitError, type Oid } from '../../core/delivery/git.ts';
import type { CheckResult, CheckVerdict } from '../../core/delivery/train.ts';
import type { TreePool } from '../../node/git/trees.ts';
import { createProcesses } from '../../node/processes.ts';
import type { Config } from '../../protocol/config.ts';
import { holdCommands } from '../holding.ts';

export interface CheckParts {
  trees: TreePool;
  config: Config;
  environment: NodeJS.ProcessEnv;
  redact(text: string): string;
  /** A person agreed to have them run where nothing holds them. */
  unheld: boolean;
}

const UNHELD =
  'No sandbox holds commands here (orchestrate doctor says why), and the checks run code that agents wrote. Agree to that with --yes.';
const OUTPUT_BYTES = 16_384;

type Told = (result: CheckResult) => Promise<void>;

/** Runs commands on a commit, in a working tree of ours: held by the sandbox where there is one, and to no effect outside. */
export async function checkCommit(
  parts: CheckParts,
  commit: Oid,
  commands: readonly string[],
  told: Told,
  signal: AbortSignal,
): Promise<CheckVerdict> {
  if (commands.length === 0) return { ok: true };
  const { setup } = parts.config.delivery ?? {};
  const tree = await taken(parts.trees, commit);
  if ('undecided' in tree) return tree;
  try {
    const ready = setup === undefined ? { ok: true } : await inTree(parts, tree.path, [setup], told, signal);
    if (!('undecided' in ready) && !ready.ok) return { undecided: `the set-up command "${setup}" failed` };
    return 'undecided' in ready ? ready : await inTree(parts, tree.path, commands, told, signal);
  } finally {
    await tree.release();
  }
}

/** Runs commands in a tree of ours one after the other, up to the first that fails. */
export async function inTree(
  { config, environment, redact, unheld = false }: Omit<CheckParts, 'trees' | 'unheld'> & { unheld?: boolean },
  root: string,
  commands: readonly string[],
  told: Told,
  signal: AbortSignal,
): Promise<CheckVerdict> {
  const { checkSeconds = DELIVERY.checkSeconds } = config.delivery ?? {};
  const processes = createProcesses({ root, environment });
  const held = await holdCommands(config, { root, processes, environment });
  if (!held.ok) return { undecided: held.message };
  if (!held.holding && !unheld) return { undecided: UNHELD, unheld: true };
  const sandbox = held.holding?.sandbox;
  const network = held.holding?.network ?? [];
  try {
    for (const command of commands) {
      const request = { command, timeoutMs: checkSeconds * 1000, outputLimit: OUTPUT_BYTES };
      // What it writes beside what git ignores comes to nothing: the next one sees the commit as it is.
      const ran = await sandbox?.run(request, { owner: 'delivery', write: ['**'], network }, signal);
      await ran?.close([]);
      const outcome = ran?.outcome ?? (await processes.run(request, signal));
      if (outcome.ended === 'aborted') return { undecided: 'the checks were stopped' };
      if (outcome.ended === 'not-started')
        return { undecided: `"${command}" could not be started: ${outcome.message ?? 'nobody knows why'}` };
      const ok = outcome.ended === 'exit' && outcome.exit === 0;
      const late = outcome.ended === 'timeout' ? `\n[ended after ${checkSeconds} seconds: delivery.checkSeconds]` : '';
      await told({
        command,
        ok,
        ...(outcome.exit !== undefined && { exit: outcome.exit }),
        ms: Math.round(outcome.ms),
        output: redact(outcome.output + late),
      });
      if (!ok) return { ok: false };
    }
    return { ok: true };
  } finally {
    await sandbox?.close();
  }
}

async function taken(trees: TreePool, commit: Oid) {
  try {
    return await trees.take(commit, 'check');
  } catch (error) {
    if (error instanceof GitError) return { undecided: error.message };
    throw error;
  }
}
