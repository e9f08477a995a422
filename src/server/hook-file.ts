import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomic } from '../node/atomic-write.ts';
import { codeOf } from '../node/error-code.ts';
import { Hash, Name } from '../protocol/ids.ts';

/** What an address may be told of. */
export const TOLD_OF = ['ask', 'end', 'budget', 'delivery'] as const;
/** `github` signs as GitHub does; `plain` needs nothing but the same signature, under a name of its own. */
export const SCHEMES = ['github', 'plain'] as const;

const shared = { name: Name, secret: z.string(), createdAt: z.number() };

/** Whoever has the secret may begin this workflow, exactly as it stood when the user said so. */
const HookIn = z.object({
  ...shared,
  kind: z.literal('in'),
  scheme: z.enum(SCHEMES),
  folder: z.string(),
  workflow: z.string(),
  /** Of the workflow as the user saw it. */
  seen: Hash,
  /** From which place of what is sent each input is taken, such as `issue.title`. */
  inputs: z.record(Name, z.string()),
  /** The only kinds of events that begin it; absent: all. */
  events: z.array(z.string()).optional(),
});
/** An address that is told. */
const HookOut = z.object({ ...shared, kind: z.literal('out'), url: z.string(), of: z.array(z.enum(TOLD_OF)) });

const HookList = z.array(z.discriminatedUnion('kind', [HookIn, HookOut]));

export type HookIn = z.infer<typeof HookIn>;
export type HookOut = z.infer<typeof HookOut>;
type Hook = HookIn | HookOut;
type Unmade<H extends Hook> = Omit<H, 'secret'>;

/** As for tokens: no file tool and no command of an agent may read a `.key`. */
const FILE = 'http-hooks.key';

/** The webhooks of this user, in the user's own folder: they come from no workspace. */
export class HookFile {
  readonly #path: string;

  constructor(userFolder: string) {
    this.#path = join(userFolder, FILE);
  }

  async all(): Promise<Hook[]> {
    try {
      return HookList.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** The secret with which both sides sign, or nothing where the name is taken. */
  async add(hook: Unmade<HookIn> | Unmade<HookOut>): Promise<string | undefined> {
    const all = await this.all();
    if (all.some(({ name }) => name === hook.name)) return undefined;
    const secret = randomBytes(32).toString('base64url');
    await this.#write([...all, { ...hook, secret }]);
    return secret;
  }

  async remove(name: string): Promise<boolean> {
    const all = await this.all();
    const left = all.filter(each => each.name !== name);
    if (left.length < all.length) await this.#write(left);
    return left.length < all.length;
  }

  #write(all: readonly Hook[]): Promise<void> {
    return writeAtomic(this.#path, Buffer.from(`${JSON.stringify(all, undefined, 2)}\n`), { mode: 0o600 });
  }
}
