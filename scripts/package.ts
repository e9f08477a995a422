/** Builds for production, packs the .vsix and refuses one that is too big or holds what is not needed to run. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { root } from './host/paths.ts';
import { runScript } from './run-script.ts';

const limit = 3 * 1024 * 1024;
/** VS Code's page of an extension shows pictures and links from public addresses only, so it has a text without them. */
const readme = 'docs/marketplace.md';
const vsix = join(root, 'orchestrate.vsix');
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;

/** What an installed extension may consist of. */
const needed = [
  /^dist\/(extension|cli|pdf-thread)\.js$/,
  /^dist\/chunks\/[^/]+\.js$/,
  /^dist\/webview\/[^/]+\.(js|css|ttf)$/,
  /^dist\/schemas\/[^/]+\.json$/,
  /^media\/[^/]+\.(svg|png)$/,
  /^media\/walkthrough\/[^/]+\.webp$/,
  /^media\/rehearsals\//,
  /^package(\.nls(\.[a-z-]+)?)?\.json$/,
  /^dist\/l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^CHANGELOG\.md$/,
  /^docs\/marketplace\.md$/,
  /^LICENSE$/,
];

async function sizes(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(relative(folder, path), (await stat(path)).size);
  }
  return found;
}

await runScript('build.ts', '--production');
for (const [file, bytes] of await sizes(join(root, 'dist')))
  console.log(`${kilobytes(bytes).padStart(8)}  dist/${file}`);

// The repository's own page is always listed, and left out where there is another.
const listed = await listFiles({ cwd: root, packageManager: PackageManager.None });
const files = listed.filter(file => file !== 'README.md');
const odd = files.filter(file => !needed.some(pattern => pattern.test(file.replaceAll('\\', '/'))));
if (odd.length > 0) throw new Error(`not needed to run, yet in the package: ${odd.join(', ')}`);

await createVSIX({
  cwd: root,
  packagePath: vsix,
  dependencies: false,
  readmePath: readme,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
const { size } = await stat(vsix);
console.log(
  `${kilobytes(size).padStart(8)}  ${relative(root, vsix)} (${files.length} files; at most ${kilobytes(limit)})`,
);
if (size > limit) throw new Error('the package is too big');
