import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkRelPath } from '../core/paths.ts';
import type { SkillFolder } from '../core/ports.ts';
import { NodeProjectTexts } from './project-texts.ts';

const OWN = ['.agents/skills', '.claude/skills', '.copilot/skills'];
const OF_PROJECT = ['.agents/skills', '.claude/skills', '.github/skills'];
const DEEPEST = 4;

const entriesOf = (folder: string) => readdir(folder, { withFileTypes: true }).catch(() => []);

/** Names of the folders in a folder; links count where they are the user's. */
async function foldersIn(folder: string, links: boolean): Promise<string[]> {
  const entries = await entriesOf(folder);
  return entries
    .filter(entry => !entry.name.startsWith('.') && (entry.isDirectory() || (links && entry.isSymbolicLink())))
    .map(entry => entry.name)
    .sort();
}

/** What stands in it, file by file, without following links. */
async function filesBelow(folder: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries = await entriesOf(join(folder, path));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= limit) return;
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && depth < DEEPEST) await walk(below, depth + 1);
      else if (entry.isFile() && checkRelPath(below).ok) found.push(below);
    }
  };
  await walk('', 1);
  return found;
}

const isPlain = (file: string) => file.split('/').every(part => part !== '' && part !== '.' && part !== '..');

function skillFolder(root: string, below: string, path: string, own: boolean): SkillFolder {
  const texts = new NodeProjectTexts(root);
  const at = (file: string) => (below === '' ? file : `${below}/${file}`);
  const folder = join(root, below);
  return {
    path,
    own,
    files: limit => filesBelow(folder, limit),
    read: async (file, limit) => (isPlain(file) ? texts.read(at(file), limit) : undefined),
  };
}

/** The user's own first, which those of a workspace cannot replace. */
export async function skillFolders(workspace: string, home = homedir()): Promise<SkillFolder[]> {
  const found: SkillFolder[] = [];
  const seen = new Set<string>();
  const add = async (root: string, folders: readonly string[], own: boolean) => {
    for (const folder of folders) {
      for (const name of await foldersIn(join(root, folder), own)) {
        const absolute = join(root, folder, name);
        const real = await realpath(absolute).catch(() => undefined);
        if (real === undefined || seen.has(real)) continue;
        seen.add(real);
        found.push(
          own
            ? skillFolder(absolute, '', `~/${folder}/${name}`, true)
            : skillFolder(root, `${folder}/${name}`, `${folder}/${name}`, false),
        );
      }
    }
  };
  // A home folder that is open as a workspace holds what is the user's own.
  await add(home, OWN, true);
  await add(workspace, OF_PROJECT, false);
  return found;
}
