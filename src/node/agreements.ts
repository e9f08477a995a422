import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomic } from './atomic-write.ts';
import { hashOf } from './hash.ts';

/** Of each workspace, the newest last: the terminal and the editor may have been asked about different parts of one file. */
const Agreements = z.record(z.string(), z.union([z.string().transform(print => [print]), z.array(z.string())]));
const KEPT = 8;

const printOf = (parts: object) => hashOf(new TextEncoder().encode(JSON.stringify(parts)));

/** What the user agreed to, by workspace: exactly these parts, so that a changed file is asked about anew. */
export class AgreementFile {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'agreements.json');
  }

  async has(workspace: string, parts: object): Promise<boolean> {
    const all = await this.#read();
    return Object.hasOwn(all, workspace) && all[workspace]?.includes(printOf(parts)) === true;
  }

  async add(workspace: string, parts: object): Promise<void> {
    const before = await this.#read();
    const known = Object.hasOwn(before, workspace) ? (before[workspace] ?? []) : [];
    const all = { ...before, [workspace]: [...known, printOf(parts)].slice(-KEPT) };
    await writeAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`), { mode: 0o600 });
  }

  async #read(): Promise<Record<string, string[]>> {
    try {
      return Agreements.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      // Nothing agreed yet; a file that cannot be read agrees to nothing.
      return {};
    }
  }
}
