import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { CommandJudge } from '../core/agent/contract.ts';
import { writeAtomic } from '../node/atomic-write.ts';

const Grants = z.record(z.string(), z.record(z.string(), z.enum(['allow', 'deny'])));

/** Commands the user allowed or refused for always, each to the letter and for one workspace. */
export class GrantFile {
  readonly #path: string;
  readonly #workspace: string;
  #known: Record<string, 'allow' | 'deny'> = {};
  #writing: Promise<void> = Promise.resolve();

  constructor(userFolder: string, workspace: string) {
    this.#path = join(userFolder, 'commands.json');
    this.#workspace = workspace;
  }

  async load(): Promise<void> {
    this.#known = (await this.#read())[this.#workspace] ?? {};
  }

  get(command: string): 'allow' | 'deny' | undefined {
    return Object.hasOwn(this.#known, command) ? this.#known[command] : undefined;
  }

  add(request: { kind: string; what: string }, decision: 'allow' | 'deny'): Promise<void> {
    if (request.kind !== 'command') return Promise.resolve();
    this.#known[request.what] = decision;
    this.#writing = this.#writing
      .then(async () => {
        const all = await this.#read();
        all[this.#workspace] = { ...all[this.#workspace], ...this.#known };
        await writeAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`), { mode: 0o600 });
      })
      // It holds for this session; the next one asks again.
      .catch(() => undefined);
    return this.#writing;
  }

  async #read(): Promise<Record<string, Record<string, 'allow' | 'deny'>>> {
    try {
      return Grants.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}

/** What the policy would ask about is looked up first; what it refuses stays refused. */
export function grantedJudge(judge: CommandJudge, grants: Pick<GrantFile, 'get'>): CommandJudge {
  return command => {
    const found = judge(command);
    if (found.verdict !== 'ask') return found;
    const granted = grants.get(command);
    if (granted === undefined) return found;
    return { verdict: granted, rule: 'answered-for-always', advice: 'The user refused this command for always.' };
  };
}
