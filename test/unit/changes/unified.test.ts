import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unifiedDiff } from '../../../src/core/changes/unified.ts';

/** Applies a diff by the word: what it says was there has to be there. */
function patched(before: string, diff: string): string {
  const olds = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const lines = diff.split('\n').slice(2, -1);
  const news: string[] = [];
  let at = 0;
  for (const [n, line] of lines.entries()) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (head) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      while (at < start) news.push(olds[at++] ?? assert.fail('a hunk beyond the end'));
      continue;
    }
    if (line.startsWith('\\')) continue;
    const text = `${line.slice(1)}${lines[n + 1]?.startsWith('\\') ? '' : '\n'}`;
    if (line[0] !== '+') assert.equal(olds[at++], text);
    if (line[0] !== '-') news.push(text);
  }
  return [...news, ...olds.slice(at)].join('');
}

const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '-', '+x', '\\ n', '@@'), { maxLength: 30 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));

describe('a unified diff', () => {
  it('leads from one text to the other, whatever they are', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff({ path: 'a.txt', before, after });
        if (before === after) assert.equal(diff, '');
        else assert.equal(patched(before, diff), after);
      }),
      { numRuns: 500 },
    );
  });

  it('is what git applies: near changes together, far ones apart, with and without an end of line', function () {
    if (spawnSync('git', ['--version']).status !== 0) this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'orchestrate-'));
    try {
      const numbers = Array.from({ length: 60 }, (_, n) => `line ${n}\n`);
      const before = numbers.join('');
      const after = numbers.with(3, 'three\n').with(8, 'eight\n').toSpliced(40, 2).join('').trimEnd();
      const diff = unifiedDiff({ path: 'a.txt', before, after });
      assert.equal(diff.match(/^@@/gm)?.length, 3);
      writeFileSync(join(folder, 'a.txt'), before);
      const applied = spawnSync('git', ['apply', '-'], { cwd: folder, input: diff, encoding: 'utf8' });
      assert.equal(applied.stderr, '');
      assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), after);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says of a new file, one that is gone and one that was renamed where it comes from', () => {
    const head = (diff: string) => diff.split('\n').slice(0, 2);
    const both = { before: 'x\n', after: 'y\n' };
    assert.deepEqual(head(unifiedDiff({ ...both, path: 'n', before: null })), ['--- /dev/null', '+++ b/n']);
    assert.deepEqual(head(unifiedDiff({ ...both, path: 'n', after: null })), ['--- a/n', '+++ /dev/null']);
    assert.deepEqual(head(unifiedDiff({ path: 'n', from: 'o', before: 'x', after: 'x' })), ['--- a/o', '+++ b/n']);
  });
});
