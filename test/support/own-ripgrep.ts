import { globSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/host/paths.ts';
import { findEditorsRipgrep, findRipgrep } from '../../src/node/ripgrep.ts';

/** The ripgrep of this machine, or that of the editor in which tests run: `npm test` has installed it before. */
export async function ripgrepHere(): Promise<string | undefined> {
  const [editor] = globSync(join(cacheFolder(), 'code-server-*', 'node_modules', 'code-server', 'lib', 'vscode'));
  return (await findRipgrep()) ?? (editor === undefined ? undefined : await findEditorsRipgrep(editor));
}
