import { addCounts, countsInWords, noTests, type RunnerReader, Suites } from '../figures.ts';

/** `test result: ok. 5 passed; 0 failed; 1 ignored; …`, once for each crate, after `Running …` or `Doc-tests …`. */
export const cargo: RunnerReader = {
  name: 'cargo',
  read(lines) {
    const counts = noTests();
    const suites = new Suites();
    let suite = 'unnamed';
    let told = false;
    for (const line of lines) {
      suite = /^\s+Running (.+?) \(/.exec(line)?.[1] ?? /^\s+(Doc-tests \S+)/.exec(line)?.[1] ?? suite;
      if (!line.startsWith('test result:')) continue;
      told = true;
      addCounts(counts, countsInWords(line));
      suites.add(suite, countsInWords(line));
    }
    return told ? { ...counts, suites: suites.list } : undefined;
  },
};
