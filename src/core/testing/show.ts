import type { Coverage, Share, TestFigures } from '../../protocol/tests.ts';

const share = ({ percent, covered, total }: Share) =>
  `${percent}%${covered === undefined || total === undefined ? '' : ` (${covered} of ${total})`}`;

/** "12 passed, 1 failed, 2 skipped", for people. */
export const showTests = ({ passed, failed, skipped }: Omit<TestFigures, 'suites' | 'runners'>): string =>
  `${passed} passed, ${failed} failed${skipped === undefined ? '' : `, ${skipped} skipped`}`;

/** The same of the last runs of all checks together. */
export const showAllTests = (tests: (Parameters<typeof showTests>[0] & { checks: number }) | undefined): string => {
  if (!tests) return 'unknown';
  const { checks } = tests;
  return `${showTests(tests)}${checks > 1 ? `, in ${checks} checks: a test that two of them run counts in both` : ''}`;
};

/** "75% (6 of 8) of lines, 66.67% of branches", for people. */
export function showCoverage({ lines, branches, functions, statements, parts = [] }: Coverage): string {
  const kinds = Object.entries({ lines, branches, functions, statements });
  const whole = kinds.flatMap(([kind, of]) => (of ? [`${share(of)} of ${kind}`] : []));
  const packages = parts.map(({ name, percent }) => `${percent}% of ${name}`);
  return [...whole, ...packages].join(', ');
}
