import { type BuildOptions, build, context } from 'esbuild';

const production = process.argv.includes('--production');

const shared: BuildOptions = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  loader: { '.ttf': 'file' },
};

/** Extension and terminal program share chunks; whatever is imported with import() becomes a chunk that loads lazily. */
const host: BuildOptions = {
  ...shared,
  entryPoints: { extension: 'src/extension.ts', cli: 'src/cli.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  splitting: true,
  external: ['vscode'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

const webview: BuildOptions = {
  ...shared,
  entryPoints: { dashboard: 'webview-ui/main.tsx' },
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

if (process.argv.includes('--watch')) {
  for (const options of [host, webview]) await (await context(options)).watch();
} else {
  await Promise.all([host, webview].map(options => build(options)));
}
