import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessRequest, Sandbox, SandboxedRun } from '../../src/core/ports.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { LinuxSandbox, type LinuxSandboxOptions } from '../../src/node/sandbox/linux.ts';
import { plant, type TreeEntry, treeChanges, treeOf } from './file-tree.ts';

export interface SandboxWorld {
  workspace?: Record<string, TreeEntry>;
  /** What lies beside the workspace, and in the person's home folder. */
  outside?: Record<string, TreeEntry>;
  person?: Record<string, TreeEntry>;
  /** Where files cannot say it: a repository. */
  prepare?: (root: string) => Promise<unknown>;
  reach?: LinuxSandboxOptions['reach'];
  /** Another one than that of Linux. */
  open?: (options: LinuxSandboxOptions, folder: string) => Sandbox | Promise<Sandbox>;
}

/** A workspace, a home folder and a folder beside them, and commands held in that workspace. */
export async function sandboxLab(world: SandboxWorld) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-held-')));
  const [root, outside, person] = [join(folder, 'workspace'), join(folder, 'outside'), join(folder, 'person')];
  for (const path of [root, outside, person]) await mkdir(path);
  await plant(root, world.workspace ?? {});
  await plant(outside, world.outside ?? {});
  await plant(person, world.person ?? {});
  await world.prepare?.(root);
  const environment = { ...process.env, HOME: person, XDG_CACHE_HOME: join(folder, 'cache') };
  const processes = createProcesses({ root, environment });
  const options = { root, processes, environment, ...(world.reach && { reach: world.reach }) };
  const sandbox = world.open ? await world.open(options, folder) : new LinuxSandbox(options);
  const before = await treeOf(folder, ['cache']);
  return {
    folder,
    root,
    outside,
    person,
    sandbox,
    /** What came, went or is different, except for these. */
    changes: async (ignored: string[] = []) => treeChanges(before, await treeOf(folder, ['cache', ...ignored])),
    run: (
      command: string,
      more: {
        write?: string[];
        network?: string[];
        seconds?: number;
        owner?: string;
        sharedLoopback?: boolean;
        onStart?: ProcessRequest['onStart'];
        signal?: AbortSignal;
      } = {},
    ) => {
      const { owner = 'task', write = [], network = [], sharedLoopback, onStart, seconds = 20, signal } = more;
      return sandbox.run(
        { command, timeoutMs: seconds * 1000, outputLimit: 100_000, ...(onStart && { onStart }) },
        { owner, write, network, ...(sharedLoopback && { sharedLoopback }) },
        signal ?? new AbortController().signal,
      );
    },
    end: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type SandboxLab = Awaited<ReturnType<typeof sandboxLab>>;

/** What a command said, and that nothing is kept of what it wrote. */
export async function said(run: Promise<SandboxedRun>): Promise<string> {
  const { outcome, close } = await run;
  await close([]);
  return outcome.output;
}
