import type { Holding } from '../core/agent/held.ts';
import type { SandboxStanding } from '../core/ports.ts';
import { createProcesses } from '../node/processes.ts';
import { openSandbox, type SandboxOptions } from '../node/sandbox/open-sandbox.ts';
import type { Config } from '../protocol/config.ts';
import type { SandboxDiagnosis } from './contract.ts';

/** Whether the commands of a session are held, and what is said where they are not. */
export type Held =
  | { ok: true; holding?: Holding; notice?: string }
  /** The user wants no session without. */
  | { ok: false; message: string };

/** What holds a session's commands, as the configuration has it: tried by running one in it. */
export async function holdCommands(config: Config, options: SandboxOptions): Promise<Held> {
  const { sandbox: wanted = 'auto', network = [] } = config.permissions ?? {};
  if (wanted === 'off') return { ok: true };
  const sandbox = await openSandbox(options);
  const standing = await sandbox.standing();
  if (standing.holds) return { ok: true, holding: { sandbox, network } };
  await sandbox.close();
  if (wanted === 'required') {
    const way = 'Or set permissions.sandbox to auto, and be asked.';
    return {
      ok: false,
      message: `No session begins without a sandbox (permissions.sandbox: required). ${text(standing)} ${way}`,
    };
  }
  return { ok: true, notice: `Commands of agents are not held by a sandbox, and are asked about. ${text(standing)}` };
}

const text = ({ why, advice }: Extract<SandboxStanding, { holds: false }>) => `${why} ${advice}`;

/** For the doctor: as a session would find it. */
export async function diagnoseSandbox(
  config: Config,
  { workspace, environment }: { workspace: string; environment: SandboxOptions['environment'] },
): Promise<SandboxDiagnosis> {
  if (config.permissions?.sandbox === 'off') return { holds: 'off' };
  const sandbox = await openSandbox({ root: workspace, processes: createProcesses({ root: workspace }), environment });
  try {
    return await sandbox.standing();
  } finally {
    await sandbox.close();
  }
}
