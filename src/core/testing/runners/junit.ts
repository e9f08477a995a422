import { noTests, type SuiteCounts, Suites, type TestCounts, UNNAMED } from '../figures.ts';
import { xmlTags } from '../xml-tags.ts';

/** Every test case of a JUnit report, by the suite it stands in; undefined where the text is none. */
export function readJunit(text: string): (TestCounts & { suites: SuiteCounts[] }) | undefined {
  if (!/<testsuites?[\s>]/.test(text)) return undefined;
  const suites = new Suites();
  const open: string[] = [];
  let found = false;
  let test: Partial<TestCounts> | undefined;
  const end = () => {
    if (test) suites.add(open.at(-1) ?? UNNAMED, test);
    test = undefined;
  };
  for (const { name, kind, attributes } of xmlTags(text)) {
    if (name === 'testsuite' || name === 'testsuites') found = true;
    if (name === 'testsuite' && kind === 'open') open.push(attributes.get('name') ?? 'unnamed');
    else if (name === 'testsuite' && kind === 'close') open.pop();
    else if (name === 'testcase' && kind === 'close') end();
    else if (name === 'testcase') {
      test = { passed: 1 };
      if (kind === 'empty') end();
    } else if (test && (name === 'failure' || name === 'error')) test = { failed: 1 };
    else if (test?.passed && name === 'skipped') test = { skipped: 1 };
  }
  const { list } = suites;
  return found ? { ...noTests(), ...suites.sum, suites: list } : undefined;
}
