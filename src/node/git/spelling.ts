import type { Repository } from './repository.ts';
import { line } from './run-git.ts';

/**
 * Where the file system takes "A.txt" and "a.txt" for one file, a path is spelled as git knows it: with both in a commit,
 * its checkout would never be clean there.
 */
export async function spellingOf({ run }: Repository, known: Iterable<string>): Promise<(path: string) => string> {
  if (line(await run(['config', '--type=bool', '--get', 'core.ignoreCase'])) !== 'true') return path => path;
  const spellings = new Map<string, string>();
  const spell = (path: string) => {
    let spelled = '';
    for (const part of path.split('/')) {
      const written = spelled === '' ? part : `${spelled}/${part}`;
      const key = written.toLowerCase();
      spelled = spellings.get(key) ?? written;
      spellings.set(key, spelled);
    }
    return spelled;
  };
  for (const path of known) spell(path);
  return spell;
}
