import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConfiguredWorker } from '../core/config/workers.ts';
import type { Clock, Sandbox } from '../core/ports.ts';
import type { WorkerFailure, WorkerOpening, Workers } from '../core/worker/contract.ts';
import { commandEnvironment } from '../node/process/environment.ts';
import { openAcp } from './acp.ts';
import { type ProgramStart, WorkerProcess } from './process.ts';
import { findProgram } from './program.ts';

export interface WorkerParts {
  configured: readonly ConfiguredWorker[];
  /** The user's; what a CLI agent gets of it is chosen. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Folders in it are no place for programs. */
  workspace: string;
  clock: Clock;
  version: string;
  /** Holds them; absent: nothing does. */
  sandbox?: Sandbox | undefined;
}

/** A CLI agent and where its program is; undefined: nowhere on the PATH. */
export interface FoundWorker {
  worker: ConfiguredWorker;
  path: string | undefined;
}

/** Looks for the programs of all CLI agents. Starts none. */
export function findWorkers({ configured, environment, workspace }: Omit<WorkerParts, 'clock' | 'version'>) {
  const env = commandEnvironment(environment as NodeJS.ProcessEnv, workspace);
  return Promise.all(
    configured.map(async (worker): Promise<FoundWorker> => ({ worker, path: await findProgram(worker.command, env) })),
  );
}

/** The environment of a CLI agent: built, not inherited. */
async function environmentOf(worker: ConfiguredWorker, parts: WorkerParts, folder: string) {
  const { environment, workspace } = parts;
  const more: Record<string, string> = { ...worker.env };
  for (const name of worker.passEnv) {
    const value = environment[name];
    if (value !== undefined) more[name] = value;
  }
  const env = commandEnvironment(environment as NodeJS.ProcessEnv, workspace, more);
  const { program, defaults } = worker;
  if (program && !(program.variable in more)) {
    const path = await findProgram(program.command, env);
    if (path !== undefined) env[program.variable] = path;
  }
  if (defaults && !(defaults.variable in more)) {
    const file = join(dirname(folder), `${worker.name}-defaults.json`);
    await writeFile(file, JSON.stringify(defaults.settings));
    env[defaults.variable] = file;
  }
  return env;
}

function metaOf(
  { meta, keepsBudget }: ConfiguredWorker,
  { budget }: WorkerOpening,
): Record<string, unknown> | undefined {
  if (!keepsBudget || budget === undefined) return meta;
  const claudeCode = meta?.claudeCode as { options?: object } | undefined;
  return { ...meta, claudeCode: { ...claudeCode, options: { ...claudeCode?.options, maxBudgetUsd: budget / 1e9 } } };
}

/** Servers of this machine that a CLI agent is led to by its environment, also by settings that stand in a variable. */
const localPorts = (env: Readonly<Record<string, string>>): number[] => [
  ...new Set(
    Object.values(env).flatMap(value =>
      [...value.matchAll(/\bhttps?:\/\/(?:127\.0\.0\.1|localhost):(\d{1,5})\b/gi)].map(([, port]) => Number(port)),
    ),
  ),
];

/** The same start, held: with its own login, and with its vendor in reach. */
async function heldStart(
  sandbox: Sandbox,
  { name, folders, settings, logins, network }: ConfiguredWorker,
  start: ProgramStart,
): Promise<(ProgramStart & { close(): void }) | WorkerFailure> {
  try {
    const program = {
      ...start,
      ...{ owner: `worker-${name}`, keeps: folders, copies: settings, renews: logins },
      ...{ network, localPorts: localPorts(start.env) },
    };
    const { path, args, env, close } = await sandbox.hold(program);
    return { path, args, env, folder: start.folder, close };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `it could not be started in the sandbox: ${why} To start it outside, set workers.${name}.sandbox to off`;
    return { ok: false, reason: 'not-found', message };
  }
}

/** Starts CLI agents over the Agent Client Protocol. */
export function createWorkers(parts: WorkerParts): Workers {
  /** Those that have shown that they ask before they act. */
  const proved = new Set<string>();
  return {
    async open(name, opening, signal) {
      const worker = parts.configured.find(each => each.name === name);
      if (!worker) return { ok: false, reason: 'not-found', message: 'there is no CLI agent of this name' };
      const env = await environmentOf(worker, parts, opening.folder);
      const path = await findProgram(worker.command, env);
      if (path === undefined) {
        const how = worker.getIt === undefined ? '' : ` Get it with: ${worker.getIt}`;
        return { ok: false, reason: 'not-found', message: `"${worker.command}" is not on the PATH.${how}` };
      }
      signal.throwIfAborted();
      const start = { path, args: worker.args, folder: opening.folder, env };
      const held = parts.sandbox && worker.sandboxed ? await heldStart(parts.sandbox, worker, start) : undefined;
      if (held && 'reason' in held) return held;
      const program = new WorkerProcess(held ?? start, parts.clock);
      if (held) void program.exited.then(held.close);
      const meta = metaOf(worker, opening);
      const mode = (held && worker.asks?.held) ?? worker.asks?.mode;
      const { clock, version } = parts;
      return openAcp(
        program,
        {
          ...opening,
          clock,
          version,
          tellsUsage: worker.tellsUsage === true,
          held: held !== undefined,
          unproved: worker.asks !== undefined && !proved.has(name) && !(held && worker.asks.held !== undefined),
          proved: () => proved.add(name),
          ...(worker.loginless !== undefined && { loginless: worker.loginless }),
          ...(mode !== undefined && { mode }),
          ...(meta && { meta }),
        },
        signal,
      );
    },
  };
}
