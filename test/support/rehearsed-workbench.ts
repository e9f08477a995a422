import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';
import { type Rehearsal, startRehearsal } from '../../src/runtime/rehearsal.ts';
import { type Theme, Workbench } from './host/workbench.ts';

export interface RehearsedOptions {
  /** One of test/support/rehearsals, or the path of another. */
  script: string;
  theme?: Theme;
  settings?: Record<string, unknown>;
  size?: { width: number; height: number };
}

/** A workbench whose own settings and keys lead to scripted models, so that sessions are started as with real ones. */
export class RehearsedWorkbench implements AsyncDisposable {
  readonly workbench: Workbench;
  /** What a process beside the window needs in order to work with the same models. */
  readonly env: Record<string, string>;
  readonly #rehearsal: Rehearsal;
  readonly #scratch: string;

  #used = false;

  private constructor(parts: {
    workbench: Workbench;
    env: Record<string, string>;
    rehearsal: Rehearsal;
    scratch: string;
  }) {
    this.workbench = parts.workbench;
    this.env = parts.env;
    this.#rehearsal = parts.rehearsal;
    this.#scratch = parts.scratch;
  }

  static async open(options: RehearsedOptions): Promise<RehearsedWorkbench> {
    const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-rehearsed-'));
    const rehearsal = await startRehearsal(
      isAbsolute(options.script)
        ? options.script
        : join(root, 'test', 'support', 'rehearsals', `${options.script}.yaml`),
    );
    const env: Record<string, string> = { ORCHESTRATE_HOME: join(scratch, 'home') };
    for (const name of Object.keys(rehearsal.script.providers)) {
      env[`ORCHESTRATE_API_KEY_${name.toUpperCase()}`] = (await rehearsal.secrets.get(name)) ?? '';
    }
    const { providers, routes } = rehearsal.config;
    const workbench = await Workbench.open({
      env,
      installed: true,
      settings: { 'orchestrate.providers': providers, 'orchestrate.routes': routes, ...options.settings },
      ...(options.theme && { theme: options.theme }),
      ...(options.size && { size: options.size }),
    }).catch(async error => {
      await rehearsal.close();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    });
    return new RehearsedWorkbench({ workbench, env, rehearsal, scratch });
  }

  get workspace(): string {
    return this.workbench.workspace;
  }

  /** A window on a copy of the sample where nothing has happened yet: at first the one that it was opened with. */
  async turnToFreshFolder(settings?: Record<string, unknown>): Promise<void> {
    const fresh = !this.#used && !settings;
    this.#used = true;
    if (!fresh) await this.workbench.turnTo(settings);
  }

  get goal(): string {
    return this.#rehearsal.script.goal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workbench.close();
    await this.#rehearsal.close();
    await rm(this.#scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
