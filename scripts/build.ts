/** `node scripts/build.ts [--production] [--watch] [--outdir DIR]`: the bundles, into dist unless told otherwise. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, context } from 'esbuild';
import * as z from 'zod';
import { Report } from '../src/core/session/report/report.ts';
import { Config } from '../src/protocol/config.ts';
import { Plan } from '../src/protocol/plan.ts';
import { root } from './host/paths.ts';
import { shownTexts } from './l10n.ts';
import { pricesAsJson } from './prices-as-json.ts';

const { values } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean' },
    outdir: { type: 'string', default: 'dist' },
  },
});
const { production } = values;
const outdir = resolve(root, values.outdir);

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  loader: { '.ttf': 'file' },
};

/** Extension and terminal program share chunks; whatever is imported with import() becomes a chunk that loads lazily. */
const host: BuildOptions = {
  ...shared,
  entryPoints: { extension: 'src/extension.ts', cli: 'src/cli.ts', 'pdf-thread': 'src/node/pdf-thread.ts' },
  outdir,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  splitting: true,
  external: ['vscode'],
  plugins: [pricesAsJson],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

const webview: BuildOptions = {
  ...shared,
  entryPoints: {
    dashboard: 'webview-ui/main.tsx',
    transcript: 'webview-ui/transcript.tsx',
    plan: 'webview-ui/plan.tsx',
    browser: 'webview-ui/browser.tsx',
    'service-worker': 'webview-ui/service-worker.ts',
  },
  outdir: join(outdir, 'webview'),
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

/** Chunks are named by their content, so old ones would stay for ever. */
await rm(outdir, { recursive: true, force: true });
await mkdir(join(outdir, 'l10n'), { recursive: true });
await mkdir(join(outdir, 'schemas'), { recursive: true });
for (const [name, schema] of Object.entries({ config: Config, workflow: Plan, report: Report })) {
  const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }), undefined, 2);
  await writeFile(join(outdir, 'schemas', `${name}.json`), text);
}
await writeFile(join(outdir, 'l10n', 'bundle.l10n.json'), JSON.stringify(shownTexts().bundle, undefined, 2));

if (values.watch) {
  for (const options of [host, webview]) {
    const bundle = await context(options);
    await bundle.rebuild().catch(() => undefined);
    await bundle.watch();
  }
  // The phrase that .vscode/tasks.json waits for.
  console.log('watching for changes');
} else {
  const [node] = await Promise.all([host, webview].map(options => build(options)));
  // What each bundle is made of, for the tests that watch over it.
  if (!production) await writeFile(join(outdir, 'meta.json'), JSON.stringify(node?.metafile));
}
