import assert from 'node:assert/strict';
import { withFiles } from '../../../src/core/mentions.ts';
import { Goals } from '../../../src/editor/goal/goals.ts';

function goals() {
  const kept = new Map<string, unknown>();
  return new Goals({
    get: <T>(key: string) => kept.get(key) as T | undefined,
    update: async (key, value) => void kept.set(key, value),
  });
}

describe('the goal that a person typed', () => {
  it('is still there after every start that led to no plan, and gone when there is one', async () => {
    const own = goals();
    await own.typed('Add a dark theme\nwith tests');
    assert.equal(own.draft, 'Add a dark theme\nwith tests');
    await own.typed('Add a dark theme\nwith tests');
    await own.planned('Something else');
    assert.equal(own.draft, 'Add a dark theme\nwith tests');
    await own.planned('Add a dark theme\nwith tests');
    assert.equal(own.draft, '');
  });

  it('is among the earlier ones afterwards, the newest first and each once', async () => {
    const own = goals();
    for (const goal of ['one', 'two', 'one']) await own.typed(goal);
    assert.deepEqual(own.earlier, ['one', 'two']);
    for (let n = 0; n < 50; n++) await own.typed(`goal ${n}`);
    assert.equal(own.earlier.length, 30);
  });

  it('names files with @, which the team reads without it', () => {
    const there = new Set(['src/app.js', 'a-b/c.d.ts', 'README.md']);
    const read = (text: string) => withFiles(text, path => there.has(path));
    assert.equal(
      read('Mend @src/app.js, and (@README.md). Ask @nobody or me@src/app.js'),
      'Mend src/app.js, and (README.md). Ask @nobody or me@src/app.js\n\nFiles: src/app.js, README.md',
    );
    assert.equal(read('@a-b/c.d.ts\n@a-b/c.d.ts!'), 'a-b/c.d.ts\na-b/c.d.ts!\n\nFiles: a-b/c.d.ts');
    assert.equal(read('No file at all'), 'No file at all');
  });
});
