import type { RelPath } from '../../protocol/ids.ts';
import { normalGlob } from '../plan/globs.ts';
import type { ProjectTexts } from './roles/roles.ts';

/** What the project asks of everyone who works in a folder. */
export interface Guidance {
  path: RelPath;
  text: string;
}

const FILE = 'AGENTS.md';
const MAX_ROOT = 32_000;
const MAX_NESTED = 8000;
const MAX_NESTED_FILES = 4;

async function readCapped(texts: ProjectTexts, path: RelPath, limit: number): Promise<Guidance | undefined> {
  const text = (await texts.read(path, limit + 1))?.replace(/^\uFEFF/, '').trim();
  if (!text) return undefined;
  return { path, text: text.length > limit ? `${text.slice(0, limit)}\n[cut off after ${limit} characters]` : text };
}

/** The AGENTS.md at the top, for the session's brief. */
export const rootGuidance = (texts: ProjectTexts): Promise<Guidance | undefined> => readCapped(texts, FILE, MAX_ROOT);

const foldersOf = (glob: string): string[] => {
  const parts = normalGlob(glob).split('/').slice(0, -1);
  const plain = parts.findIndex(part => /[*?[\]{}()!]/.test(part));
  return plain === -1 ? parts : parts.slice(0, plain);
};

/** The nearest AGENTS.md below the top for each of the globs a task may write, for its prompt. */
export async function nestedGuidance(texts: ProjectTexts, claims: readonly string[]): Promise<Guidance[]> {
  const found = new Map<RelPath, Guidance>();
  const tried = new Map<RelPath, Promise<Guidance | undefined>>();
  for (const glob of claims) {
    const folders = foldersOf(glob);
    for (let depth = folders.length; depth > 0; depth--) {
      const path = `${folders.slice(0, depth).join('/')}/${FILE}`;
      const reading = tried.get(path) ?? readCapped(texts, path, MAX_NESTED);
      tried.set(path, reading);
      const guidance = await reading;
      if (!guidance) continue;
      found.set(path, guidance);
      break;
    }
    if (found.size >= MAX_NESTED_FILES) break;
  }
  return [...found.values()];
}
