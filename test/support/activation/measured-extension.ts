import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/host/paths.ts';

/** Where its time went, in milliseconds: all from the outside, then what of it is ours. */
export interface Times {
  total: number;
  /** Reading and running extension.js and what it imports. */
  load: number;
  /** `activate()` itself, until it returns. */
  activate: number;
}

/** Does nothing: what it takes all the same is the host's own. */
const nothing =
  "import 'vscode';\nexport const activate = () => undefined;\nexport const deactivate = () => undefined;\n";

/** The entry that the host calls in place of the extension's. */
const entry = (module: string) => `
const start = performance.now();
const extension = await import('${module}');
const load = performance.now() - start;
export function activate(context) {
  const called = performance.now();
  const exported = extension.activate(context);
  globalThis.orchestrateTimes = { load, activate: performance.now() - called };
  return exported;
}
export const deactivate = () => extension.deactivate();
`;

/** A copy of the built extension, or of one that does nothing, which says what loading and activating it took. */
export async function measuredExtension(folder: string, which: 'ours' | 'empty'): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const part of ['dist', 'media', 'package.nls.json'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './measured.js' }));
  await writeFile(join(folder, 'nothing.js'), nothing);
  await writeFile(join(folder, 'measured.js'), entry(which === 'ours' ? './dist/extension.js' : './nothing.js'));
}
