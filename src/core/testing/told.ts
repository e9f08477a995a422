import type { Coverage, TestFigures } from '../../protocol/tests.ts';
import { readCoverage } from './coverage/printed.ts';
import { readTests } from './read-tests.ts';
import type { ReportFiles } from './report-files.ts';

const KINDS = ['lines', 'branches', 'functions', 'statements'] as const;
const known = (of: Coverage | undefined) => (of ? KINDS.filter(kind => of[kind]).length : 0);

/** What a command told of its tests and their coverage: in what it printed, and in the reports that it wrote. */
export async function testsTold(
  output: string,
  reports: ReportFiles,
): Promise<{ tests?: TestFigures; coverage?: Coverage }> {
  const written = await reports.read();
  const tests = readTests(output) ?? written.tests;
  const printed = readCoverage(output);
  // The one that tells more; failing that the report, which has the counts behind its shares.
  const coverage = known(printed) > known(written.coverage) || !written.coverage ? printed : written.coverage;
  return { ...(tests && { tests }), ...(coverage && { coverage }) };
}
