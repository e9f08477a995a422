import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { teamLab } from '../team-lab.ts';
import { gitSync } from './sample-repository.ts';

/** A standing team in a repository of its own, whose commits are Ada's whatever the machine knows. */
export function teamRepository() {
  const lab = teamLab();
  const git = (...args: string[]) => gitSync(lab.path, lab.path, args);
  const write = async (path: string, text: string) => {
    const at = join(lab.path, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, text);
  };
  return {
    lab,
    git,
    write,
    /** Its first commit, on `main`. */
    async commitFirst(files: Readonly<Record<string, string>>): Promise<void> {
      git('init', '-q', '-b', 'main');
      git('config', 'user.name', 'Ada');
      git('config', 'user.email', 'ada@example.org');
      for (const [path, text] of Object.entries(files)) await write(path, text);
      git('add', ...Object.keys(files));
      git('commit', '-qm', 'first');
    },
  };
}
