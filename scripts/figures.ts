/**
 * `npm run figures [-- --since COMMIT] [--times]`: the shape of the code in figures, beside those of an earlier commit;
 * with `--times` also what each suite took in the last `npm test`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkOut } from './figures/check-out.ts';
import { type Figures, figuresOf } from './figures/figures.ts';
import { root, suiteTimes } from './host/paths.ts';

const { values } = parseArgs({ options: { since: { type: 'string' }, times: { type: 'boolean', default: false } } });

const rows: [title: string, show: (figures: Figures) => string][] = [
  ['files', of => String(of.files)],
  ['lines', of => String(of.lines)],
  ['  of src', of => String(of.srcLines)],
  ['  median of a file', of => String(of.median)],
  ['  nine in ten have at most', of => String(of.p90)],
  ['exports', of => String(of.exports)],
  ['  used by one other file only', of => String(of.usedOnce)],
  ['cycles of files', of => String(of.fileCycles)],
  ['  types included', of => String(of.fileCyclesWithTypes)],
  ['cycles of folders', of => String(of.folderCycles.length)],
  ['  folders in them', of => String(of.folderCycles.flat().length)],
  ['`as` per 1,000 lines', of => of.casts.toFixed(1)],
  ['lines of tests', of => String(of.testLines)],
];

async function before(commit: string): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-figures-'));
  try {
    await checkOut(commit, folder);
    return figuresOf(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const columns: [name: string, figures: Figures][] = [['now', figuresOf(root)]];
if (values.since !== undefined) columns.unshift([values.since, await before(values.since)]);
const line = (title: string, cells: string[]) =>
  console.log(title.padEnd(32) + cells.map(c => c.padStart(10)).join(''));
line(
  'src and webview-ui',
  columns.map(([name]) => name),
);
for (const [title, show] of rows) {
  line(
    title,
    columns.map(([, figures]) => show(figures)),
  );
}
for (const [name, { widest, folderCycles }] of columns) {
  console.log(`\n${name}: imports of the three files that import most`);
  for (const { file, imports } of widest) line(`  ${file}`, [String(imports)]);
  for (const folders of folderCycles)
    console.log(`${name}: a cycle of ${folders.length} folders: ${folders.join(', ')}`);
}
if (values.times) {
  console.log('\nseconds of each suite in the last npm test');
  const times: Record<string, number> = existsSync(suiteTimes) ? JSON.parse(readFileSync(suiteTimes, 'utf8')) : {};
  if (Object.keys(times).length === 0) console.log('  npm test has not ended here yet');
  for (const [suite, seconds] of Object.entries(times)) line(`  ${suite}`, [seconds.toFixed(0)]);
}
