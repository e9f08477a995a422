import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cyclesOf } from './cycles.ts';
import { linesIn, readSource, type SourceFile } from './read.ts';

export interface Figures {
  files: number;
  lines: number;
  srcLines: number;
  median: number;
  p90: number;
  exports: number;
  usedOnce: number;
  widest: { file: string; imports: number }[];
  fileCycles: number;
  fileCyclesWithTypes: number;
  /** Of what stands in one folder, files and folders, those that know each other in a circle, if a folder is among them. */
  folderCycles: string[][];
  casts: number;
  testLines: number;
}

const pathsOf = (root: string, pattern: string[]) =>
  globSync(pattern, { cwd: root, exclude: ['test/support/sample/**'] })
    .map(path => path.replaceAll('\\', '/'))
    .sort();

const linesOf = (files: SourceFile[]) => files.reduce((sum, { lines }) => sum + lines, 0);

/** The figures of the tree under `root`: of the product, but for the lines of its tests. */
export function figuresOf(root: string): Figures {
  const files = pathsOf(root, ['src/**/*.ts', 'webview-ui/**/*.{ts,tsx}']).map(path => readSource(root, path));
  const lengths = files.map(({ lines }) => lines).sort((a, b) => a - b);
  const lines = linesOf(files);
  const casts = files.reduce((sum, file) => sum + file.casts, 0);
  const users = usersOf(files);
  return {
    files: files.length,
    lines,
    srcLines: linesOf(files.filter(({ path }) => path.startsWith('src/'))),
    median: lengths[Math.floor(lengths.length / 2)] ?? 0,
    p90: lengths[Math.floor(lengths.length * 0.9)] ?? 0,
    exports: users.length,
    usedOnce: users.filter(count => count === 1).length,
    widest: files
      .map(({ path, imports }) => ({ file: path, imports }))
      .sort((a, b) => b.imports - a.imports)
      .slice(0, 3),
    fileCycles: cyclesOf(graph(files, path => path, false)).length,
    fileCyclesWithTypes: cyclesOf(graph(files, path => path, true)).length,
    folderCycles: foldersOf(files).flatMap(folder => partCycles(files, folder)),
    casts: (1000 * casts) / lines,
    testLines: pathsOf(root, ['test/**/*.ts']).reduce(
      (sum, path) => sum + linesIn(readFileSync(join(root, path), 'utf8')),
      0,
    ),
  };
}

/** Of each export, how many other files of the product take it. */
function usersOf(files: SourceFile[]): number[] {
  const users = new Map<string, number>();
  const key = (file: string, name: string) => `${file}#${name}`;
  for (const { taken } of files) {
    for (const use of new Set(taken.flatMap(({ from, names }) => names.map(name => key(from, name))))) {
      users.set(use, (users.get(use) ?? 0) + 1);
    }
  }
  return files.flatMap(({ path, exports }) =>
    exports.map(name => (users.get(key(path, name)) ?? 0) + (users.get(key(path, '*')) ?? 0)),
  );
}

/** Every folder that has files in it or below it, the root first. */
function foldersOf(files: SourceFile[]): string[] {
  const above = (path: string): string[] => (path === '.' ? [] : [...above(dirname(path)), dirname(path)]);
  return [...new Set(files.flatMap(({ path }) => above(path)))];
}

function partCycles(files: SourceFile[], folder: string): string[][] {
  const start = folder === '.' ? '' : `${folder}/`;
  const part = (path: string) => start + path.slice(start.length).split('/')[0];
  const within = files
    .filter(({ path }) => path.startsWith(start))
    .map(file => ({ ...file, taken: file.taken.filter(({ from }) => from.startsWith(start)) }));
  const names = new Set(files.map(({ path }) => path));
  return cyclesOf(graph(within, part, true)).filter(cycle => cycle.some(each => !names.has(each)));
}

/** Who imports whom, of files or of what `place` makes of them. */
function graph(files: SourceFile[], place: (path: string) => string, types: boolean): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { path, taken } of files) {
    const from = place(path);
    const to = edges.get(from) ?? new Set();
    for (const { from: other, typesOnly } of taken) if (types || !typesOnly) to.add(place(other));
    to.delete(from);
    edges.set(from, to);
  }
  return edges;
}
