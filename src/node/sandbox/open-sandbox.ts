import type { Sandbox, SandboxedRun, SandboxStanding } from '../../core/ports.ts';
import type { LaunchingProcesses } from '../processes.ts';

export interface SandboxOptions {
  /** The workspace. */
  root: string;
  processes: LaunchingProcesses;
  environment: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
}

/** What holds commands on this system; loaded when it is first asked for. */
export async function openSandbox({ platform = process.platform, ...options }: SandboxOptions): Promise<Sandbox> {
  if (platform !== 'linux') return noSandbox(platform);
  const { LinuxSandbox } = await import('./linux.ts');
  return new LinuxSandbox(options);
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows' };

const noSandbox = (platform: NodeJS.Platform): Sandbox => {
  const standing: SandboxStanding = {
    holds: false,
    why: `There is no sandbox for ${SYSTEMS[platform] ?? platform}.`,
    advice: `In ${platform === 'win32' ? 'WSL or ' : ''}a dev container on Linux commands can be held.`,
  };
  return {
    standing: async () => standing,
    run: async (): Promise<SandboxedRun> => {
      throw new Error(standing.why);
    },
    hold: async () => {
      throw new Error(standing.why);
    },
    close: async () => undefined,
  };
};
