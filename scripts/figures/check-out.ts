import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../host/paths.ts';

const run = promisify(execFile);

/** Unpacks the code of a commit into a folder, without touching the working tree. */
export async function checkOut(commit: string, folder: string): Promise<void> {
  const archive = join(folder, 'code.tar');
  await run('git', ['archive', '--output', archive, commit, 'src', 'webview-ui', 'test'], { cwd: root });
  await run('tar', ['-xf', archive, '-C', folder]);
}
