import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actsBy } from '../../../core/acting-files.ts';
import { checkRelPath } from '../../../core/paths.ts';
import { USUAL } from '../outputs.ts';
import { plain } from './patterns.ts';
import type { BuildPlaces } from './profile.ts';
import type { Survey } from './survey.ts';

const anyOf = (words: readonly string[]) => `(${words.map(plain).join('|')})`;

/**
 * Names that the workspace's own ignore file lists. A profile knows no more than that: patterns are left to what builds
 * usually make, and to what is there already.
 */
export async function ignoredNames(root: string): Promise<string[]> {
  const text = await readFile(join(root, '.gitignore'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .map(line => line.trim().replace(/\/$/, ''))
    .filter(name => /^\/?[\w.-]+$/.test(name))
    .filter(name => {
      const path = name.replace(/^\//, '');
      const all = [path, `${path}/file`];
      return all.every(each => checkRelPath(each).ok && actsBy(each) === undefined);
    });
}

/** Where builds may write, as it stands before a command. */
export function buildPlaces(root: string, ignored: readonly string[], { outputs, kept }: Survey): BuildPlaces {
  const top = `^${plain(root)}/`;
  const files = [...USUAL.files.map(plain), ...USUAL.beginnings.map(each => `${plain(each)}\\.[^/]*`)];
  return {
    usual: [
      `${top}(.*/)?${anyOf(USUAL.folders)}(/.*)?$`,
      `${top}(.*/)?(${files.join('|')}|[^/]*\\.${anyOf(USUAL.endings)})$`,
      ...ignored.map(name => `${top}${name.startsWith('/') ? plain(name.slice(1)) : `(.*/)?${plain(name)}`}(/.*)?$`),
    ],
    kept: kept.map(path => join(root, path)),
    there: outputs.map(path => join(root, path)),
  };
}
