import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SearchQuery } from '../../../src/core/ports.ts';
import { search } from '../../../src/node/search.ts';
import { ripgrepHere } from '../../support/own-ripgrep.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FILES: Record<string, string> = {
  'src/app.ts':
    "import { a } from './a.ts';\nimport type { B } from './b.ts';\n\nexport async function main(args: string[]): Promise<void> {\n  await a(args[0] ?? '');\n}\n\nexport const VERSION = '1.2.3';\n// TODO: more\n",
  'src/a.ts': 'export function a(x: string) {\r\n  return x.trim();\r\n}\r\n\r\nexport class A extends Base<T> {}\r\n',
  'src/deep/b.test.ts': "describe('b', () => {\n  it('works', () => {\n    expect(a(1)).toBe(2);\n  });\n});\n",
  'src/deep/route.[id].tsx':
    'const x = useState<number | undefined>();\n<div className="a-b c_d">\n  $price {price} \\d\n</div>\n',
  'py/tool.py':
    'class Tool:\n    def run(self, *args):\n        """Runs."""\n        return self._x["a"]\n\n\ndef main():\n    pass\n',
  'docs/read me.md':
    '# Title\n\n- one\n- two (2)\n\n```ts\nfoo();\n```\nC++ and a+b, [x], {y}, a|b, 50%, e-mail@example.org\n',
  'data.json': '{"name": "x",\n "version": "1.2.3",\n "scripts": {"test": "mocha"}}\n',
  'styles.css': '.a-b:hover{color:#fff}\n\n.c { margin: 0 auto; }\n',
  'empty.txt': '',
  'no-end.txt': 'last line\nwithout an end',
  '.gitignore': 'dist\n*.log\n!keep.log\n',
  'dist/app.ts': 'export const VERSION = 0;\n',
  'x.log': 'VERSION\n',
  'keep.log': 'VERSION kept\n',
  'node_modules/m/index.js': 'VERSION\n',
};

/** As models write them. */
const QUERIES: Omit<SearchQuery, 'limit'>[] = [
  { pattern: 'version' },
  { pattern: 'VERSION', caseSensitive: true },
  { pattern: 'export (async )?function \\w+', regex: true },
  { pattern: '^import .* from', regex: true },
  { pattern: '\\bclass\\s+\\w+', regex: true },
  { pattern: 'a\\(', regex: true },
  { pattern: 'useState<[^>]+>', regex: true },
  { pattern: '\\$\\w+|\\{price\\}', regex: true },
  { pattern: '"version":\\s*"\\d+\\.\\d+\\.\\d+"', regex: true },
  { pattern: 'TODO|FIXME|XXX', regex: true, caseSensitive: true },
  { pattern: '(?i)todo', regex: true, caseSensitive: true },
  { pattern: 'C\\+\\+', regex: true },
  { pattern: 'C++ and a+b, [x]' },
  { pattern: '\\d' },
  { pattern: '[\\w.+-]+@[\\w-]+\\.\\w+', regex: true },
  { pattern: 'def \\w+\\(self', regex: true },
  { pattern: '\\)\\s*(:|=>)?\\s*.*\\{$', regex: true },
  { pattern: '^$', regex: true },
  { pattern: '^\\s*$', regex: true },
  { pattern: 'without an end$', regex: true },
  { pattern: '[[:upper:]]{3,}', regex: true, caseSensitive: true },
  { pattern: '(?P<name>ba?se)', regex: true },
  { pattern: 'x{2,}|e{2}', regex: true },
  { pattern: '\\.(test|spec)\\b|describe\\(', regex: true },
  { pattern: 'class \\w+:\\n\\s+def', regex: true },
  { pattern: 'describe\\([^)]*\\n.*it', regex: true, multiline: true },
  { pattern: 'main\\(.*\\{\\n(.*\\n)*?\\}', regex: true },
  { pattern: '(?s)scripts.*mocha', regex: true },
  { pattern: '```ts\nfoo();' },
  { pattern: 'return x.trim();\n}' },
  { pattern: 'a', globs: ['*.ts'] },
  { pattern: 'a', globs: ['src/*.ts'] },
  { pattern: 'a', globs: ['src/**/*.{ts,tsx}'] },
  { pattern: 'a', globs: ['**/*.ts', '!**/*.test.ts'] },
  { pattern: 'e', globs: ['!*.md'] },
  { pattern: 'e', globs: ['docs/**', 'py/**'] },
  { pattern: 'ü|ß|ä', regex: true },
];

const flagsOf = ({ pattern, regex, caseSensitive, globs }: Omit<SearchQuery, 'limit'>) => [
  '--line-number',
  '--no-heading',
  '--hidden',
  '--no-require-git',
  '--no-config',
  '--glob=!node_modules',
  ...(regex ? [] : ['--fixed-strings']),
  ...(caseSensitive ? [] : ['--ignore-case']),
  ...(/\\n|\n|\(\?s/.test(pattern) ? ['--multiline'] : ['--crlf']),
  ...(globs ?? []).map(glob => `--glob=${glob}`),
];

describe('search beside ripgrep', () => {
  const temp = tempFolder();

  it('finds the lines that ripgrep finds, with and without its help', async function () {
    const ripgrep = await ripgrepHere();
    if (!ripgrep) this.skip();
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(temp.path, path)), { recursive: true });
      await writeFile(join(temp.path, path), text);
    }
    const theirs = (query: Omit<SearchQuery, 'limit'>): string[] => {
      // Line ends of Windows are no business of a pattern that goes over lines, only ripgrep makes them one.
      const pattern = query.pattern.replace(/\n/g, '\\n');
      const literal = !query.regex && query.pattern.includes('\n');
      const args = flagsOf(query).filter(flag => !literal || flag !== '--fixed-strings');
      const asRegex = literal ? pattern.replace(/[.()+*?]/g, '\\$&').replaceAll('\\n', '\\r?\\n') : pattern;
      try {
        const out = execFileSync(ripgrep, [...args, '-e', asRegex, '--', '.'], { cwd: temp.path, encoding: 'utf8' });
        return out
          .split('\n')
          .filter(Boolean)
          .map(line => line.replace(/^\.\//, '').replace(/\r$/, ''))
          .sort();
      } catch {
        return [];
      }
    };
    let some = 0;
    for (const query of QUERIES) {
      const expected = theirs(query);
      if (expected.length > 0) some++;
      for (const options of [{}, { ripgrep }]) {
        const { hits } = await search(temp.path, { ...query, limit: 1000 }, options);
        const ours = hits.map(hit => `${hit.path}:${hit.line}:${hit.text}`).sort();
        assert.deepEqual(ours, expected, `${JSON.stringify(query)} ${JSON.stringify(options)}`);
      }
    }
    assert.ok(some >= QUERIES.length - 2, `only ${some} of ${QUERIES.length} patterns find anything`);
  });
});
