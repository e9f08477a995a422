import type { Coverage, TestFigures } from '../../protocol/tests.ts';
import type { WorkspaceFiles } from '../ports.ts';
import { readCobertura, readGoProfile, readLcov } from './coverage/reports.ts';
import { figures } from './read-tests.ts';
import { readJunit } from './runners/junit.ts';

/** Where runners write their reports unless they are told otherwise. */
const USUAL = [
  ...['coverage/lcov.info', 'lcov.info', 'coverage/cobertura-coverage.xml', 'coverage/coverage.xml'],
  ...['coverage.xml', 'cobertura.xml', 'cover.out', 'coverage.out', 'c.out'],
  ...['junit.xml', 'reports/junit.xml', 'test-results/junit.xml', 'test-results.xml', 'test-report.xml', 'report.xml'],
];
const LARGEST = 16 * 1024 * 1024;

/** Reports that were written since, and by nobody before. */
export interface ReportFiles {
  read(): Promise<{ tests?: TestFigures; coverage?: Coverage }>;
}

/** To be called before a command runs: only what it writes itself tells anything of it. */
export async function watchReports(files: WorkspaceFiles, command: string): Promise<ReportFiles> {
  const paths = new Set<string>();
  for (const written of [...named(command), ...folders(command).flatMap(folder => USUAL.map(path => folder + path))]) {
    const found = await files.resolve(written, 'read').catch(() => undefined);
    if (found?.ok) paths.add(found.path);
  }
  const look = async () =>
    new Map(await Promise.all([...paths].map(async path => [path, await files.writtenAt(path)] as const)));
  const before = await look();
  return {
    async read() {
      const told: { tests?: TestFigures; coverage?: Coverage } = {};
      for (const [path, at] of await look()) {
        if (at === undefined || at === before.get(path)) continue;
        const bytes = (await files.read(path).catch(() => undefined))?.bytes;
        if (!bytes || bytes.length > LARGEST) continue;
        const text = new TextDecoder().decode(bytes);
        const cases = readJunit(text);
        if (cases) told.tests ??= figures([{ name: path, ...cases }]);
        const covered = readLcov(text, path) ?? readGoProfile(text, path) ?? readCobertura(text, path);
        if (!cases && covered) told.coverage ??= covered;
      }
      return told;
    },
  };
}

/** Paths that the command itself gives for reports. */
const named = (command: string): string[] =>
  [...command.matchAll(/[^\s'"=;&|]+\.(?:info|xml|out)(?=$|[\s'";&|])/g)].map(([path]) => path);

/** The workspace, and folders that the command goes to: each with a slash at its end. */
const folders = (command: string): string[] => [
  '',
  ...[...command.matchAll(/(?:^|[;&|]\s*|\s)(?:cd|--prefix|-C)[ =]+([\w./-]+)/g)].map(
    ([, folder = '']) => `${folder.replace(/\/+$/, '')}/`,
  ),
];
