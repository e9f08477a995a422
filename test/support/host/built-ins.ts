import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What colours files and draws Markdown. The rest of what VS Code ships would start servers of its own for each window. */
const builtIns = [
  'theme-defaults',
  'theme-seti',
  'javascript',
  'json',
  'yaml',
  'diff',
  'markdown-basics',
  'markdown-language-features',
];

/** A folder of them, and of more where a test is about what those do, in that folder. */
export async function fewBuiltIns(host: string, scratch: string, more: readonly string[] = []): Promise<string> {
  const folder = join(scratch, 'built-in');
  await mkdir(folder);
  for (const name of [...builtIns, ...more])
    await symlink(join(host, 'extensions', name), join(folder, name), 'junction');
  return folder;
}
