import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/host/paths.ts';
import { pricesAsJson } from '../../scripts/prices-as-json.ts';

/** A program of this folder as one file: one that is started dozens of times loads its hundreds of modules each time. */
export async function bundled(name: string): Promise<string> {
  // As deep as its source: it finds what belongs to the project by its own place.
  const outdir = join(root, 'out', 'bundled');
  await build({
    absWorkingDir: root,
    entryPoints: [join('test', 'support', name)],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    plugins: [pricesAsJson],
    splitting: true,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return join(outdir, name.replace(/\.ts$/, '.js'));
}
