import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { prefixOf } from '../core/agent/commands/prefix.ts';
import type { CommandJudge } from '../core/agent/contract.ts';
import type { ForeignTool } from '../core/ports.ts';
import { writeAtomic } from '../node/atomic-write.ts';
import { hashOf } from '../node/hash.ts';

type Decision = 'allow' | 'deny';
const Grants = z.record(z.string(), z.record(z.string(), z.enum(['allow', 'deny'])));

/** Answers that were given for always, each for one workspace, in a file of the user's. */
class Kept {
  readonly #path: string;
  readonly #workspace: string;
  #known: Record<string, Decision> = {};
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, workspace: string) {
    this.#path = path;
    this.#workspace = workspace;
  }

  async load(): Promise<void> {
    this.#known = (await this.#read())[this.#workspace] ?? {};
  }

  get(key: string): Decision | undefined {
    return Object.hasOwn(this.#known, key) ? this.#known[key] : undefined;
  }

  keys(): string[] {
    return Object.keys(this.#known);
  }

  add(key: string, decision: Decision): Promise<void> {
    this.#known[key] = decision;
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

  async #read(): Promise<Record<string, Record<string, Decision>>> {
    try {
      return Grants.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}

/** A tool whose description has changed since it was allowed is a different tool. */
const identity = ({ name, description, schema }: ForeignTool) =>
  `${name} ${hashOf(new TextEncoder().encode(JSON.stringify([description, schema ?? null]))).slice(0, 16)}`;

/** A command in another folder is a different command. No command that is asked about contains this character. */
const keyOf = (command: string, folder: string | undefined) =>
  folder === undefined || folder === '.' ? command : `${command}\u0000${folder}`;

/** Stands before a beginning; no command begins with this character. */
const PREFIX = '\u0000';

/** What the user allowed or refused for always: commands to the letter and in their folder, and tools of others as they then were. */
export class GrantFile {
  readonly #commands: Kept;
  readonly #tools: Kept;

  constructor(userFolder: string, workspace: string) {
    this.#commands = new Kept(join(userFolder, 'commands.json'), workspace);
    this.#tools = new Kept(join(userFolder, 'tools.json'), workspace);
  }

  async load(): Promise<void> {
    await Promise.all([this.#commands.load(), this.#tools.load()]);
  }

  get(command: string, folder?: string): Decision | undefined {
    return this.#commands.get(keyOf(command, folder));
  }

  /** Beginnings of commands that were allowed, whatever follows. */
  prefixes(): string[] {
    return this.#commands.keys().flatMap(key => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : []));
  }

  addPrefix(prefix: string): Promise<void> {
    return this.#commands.add(PREFIX + prefix, 'allow');
  }

  tool(tool: ForeignTool): Decision | 'ask' {
    return this.#tools.get(identity(tool)) ?? 'ask';
  }

  async add(
    request: { kind: string; what: string; folder?: string | undefined; rule: string },
    decision: Decision,
    tools: readonly ForeignTool[] = [],
  ): Promise<void> {
    if (request.kind === 'command') return this.#commands.add(keyOf(request.what, request.folder), decision);
    const tool = request.kind === 'tool' && tools.find(({ name }) => name === request.rule);
    if (tool) await this.#tools.add(identity(tool), decision);
  }
}

/**
 * What the policy would ask about is looked up first; what it refuses stays refused. A beginning that was allowed counts for
 * each command of a line on its own, as the user's rules do.
 */
export function grantedJudge(
  policyWith: (prefixes: readonly string[]) => CommandJudge,
  grants: Pick<GrantFile, 'get' | 'prefixes'>,
): CommandJudge {
  const judge = policyWith([]);
  const allows = (prefixes: readonly string[], outside: boolean, ...[command, folder, hold, writes]: Line) => {
    const found = policyWith(prefixes)(command, folder, outside ? 'none' : hold, writes);
    return found.verdict === 'allow' ? found : undefined;
  };
  return (...line) => {
    const [command, folder, hold] = line;
    const found = judge(...line);
    if (found.verdict !== 'ask') return found;
    const outside = found.outside === true;
    const granted = grants.get(command, folder);
    const prefixes = grants.prefixes();
    const begun = granted === undefined && prefixes.length > 0 ? allows(prefixes, outside, ...line) : undefined;
    if (granted === undefined && !begun) {
      const prefix = hold === 'outside' || found.ownRule ? undefined : prefixOf(command);
      const helps = prefix !== undefined && allows([...prefixes, prefix], outside, ...line) !== undefined;
      return helps ? { ...found, prefix } : found;
    }
    return {
      ...(outside && { outside }),
      ...(begun?.writes && { writes: begun.writes }),
      verdict: granted ?? 'allow',
      rule: 'answered-for-always',
      advice: 'The user refused this command for always.',
    };
  };
}

type Line = Parameters<CommandJudge>;
