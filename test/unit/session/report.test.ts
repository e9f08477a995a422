import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { buildReport } from '../../../src/core/session/report/build.ts';
import { renderReport } from '../../../src/core/session/report/render.ts';
import { writeReport } from '../../../src/core/session/report/write-report.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';
import { matchesGolden } from '../../support/golden.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { todoSession } from '../../support/todo-session.ts';

const golden = (name: string) => join(import.meta.dirname, 'golden', name);
const stateOf = (events: JournalEvent[]) => {
  const state = initialState();
  for (const event of events) reduce(state, event);
  return state;
};

describe('the report', () => {
  it('tells a whole session, for people and for programs', async () => {
    const store = new MemoryStore();
    await writeReport(stateOf(todoSession), store);
    await matchesGolden(store.disk.texts.get('report.md') ?? '', golden('report.md'));
    await matchesGolden(store.disk.texts.get('report.json') ?? '', golden('report.json.txt'));
  });

  it('can be made of any session, and says the same after a trip through JSON', () => {
    fc.assert(
      fc.property(anyJournal(60), events => {
        const report = buildReport(stateOf(events));
        const text = renderReport(report);
        assert.ok(!/undefined|NaN|\[object/.test(text), text);
        assert.equal(renderReport(JSON.parse(JSON.stringify(report))), text);
      }),
    );
  });

  it('calls unknown what it does not know, and never counts it as nothing', () => {
    const { append, state } = memoryJournal();
    append({ type: 'call-intent', call: 'c', agent: 'a', turn: 1, attempt: 1, model: 'editor/model' });
    append({ type: 'call-outcome', call: 'c', result: { ok: true, stop: 'end' }, ms: 5 });
    const report = buildReport(state);
    assert.equal(report.total.costNanoUsd, undefined);
    assert.equal(report.total.tokens, undefined);
    assert.match(renderReport(report), /1 model call to 1 model: unknown tokens, unknown/);
  });

  it('takes a check’s last word, and no word from one that was cut off', () => {
    const { append, state } = memoryJournal();
    const plan = {
      goal: 'g',
      phases: [],
      pools: {},
      tasks: [
        { kind: 'command' as const, id: 't', title: 'T', needs: [], priority: 5, optional: false, run: 'npm test' },
      ],
    };
    append({ type: 'plan-proposed', plan, revision: 1, source: 'file' });
    const check = { run: 'npm test' };
    const ran = { type: 'check-ended', task: 't', check, ms: 1 } as const;
    append({ ...ran, id: '1', ok: false, exit: 1, tests: { passed: 3, failed: 2 } });
    append({ ...ran, id: '2', ok: true, exit: 0, tests: { passed: 5, failed: 0 } });
    append({ ...ran, id: '3', ok: false, interrupted: true });
    const { checks, quality } = buildReport(state);
    assert.deepEqual(
      checks.map(one => [one.result, one.exit, one.runs, one.failures]),
      [['passed', 0, 3, 1]],
    );
    assert.deepEqual(quality.tests, { passed: 5, failed: 0, checks: 1 });
  });

  it('says when what a check runs was written by an agent, unless that was rejected', () => {
    const { append, state } = memoryJournal();
    const task = { kind: 'command' as const, title: 'T', needs: [], priority: 5, optional: false, run: 'true' };
    const tasks = ['npm', 'path', 'other'].map(id => ({ ...task, id }));
    append({ type: 'plan-proposed', plan: { goal: 'g', phases: [], pools: {}, tasks }, revision: 1, source: 'file' });
    const runs = { npm: 'cd web && npm test', path: 'node ./scripts/prove.js', other: 'cargo test' };
    for (const [id, run] of Object.entries(runs))
      append({ type: 'check-ended', id, task: id, check: { run }, ok: true, exit: 0, ms: 1 });
    for (const path of ['web/package.json', 'scripts/prove.js', 'src/npm.js']) {
      append({ type: 'write-intent', agent: 'a', task: 't', write: path, path, before: null, after: 'b'.repeat(64) });
      append({ type: 'write-outcome', write: path, ok: true, reason: 'applied' });
    }
    const authors = () => buildReport(state).checks.map(one => one.decidedBy?.map(file => file.path));
    assert.deepEqual(authors(), [['web/package.json'], ['scripts/prove.js'], undefined]);
    const text = renderReport(buildReport(state));
    assert.match(text, /What `node .\/scripts\/prove.js` runs is said in `scripts\/prove.js`, written by `a`/);
    const file = state.files.get('web/package.json');
    assert.ok(file);
    file.status = 'rejected';
    assert.deepEqual(authors(), [undefined, ['scripts/prove.js'], undefined]);
  });

  it('lets no text of an agent become markup', () => {
    const nasty = [
      '<script>alert(1)</script>',
      '![x](https://example.org/?leak)',
      '[click](command:rm)',
      '| a | b |\n| - | - |',
      '# heading',
      '1. list',
      '`code` **bold** _em_ ~~gone~~ $x$ &lt;',
      'line\u2028break\r\n\n## heading',
      '\u202eright to left',
    ];
    for (const text of nasty) {
      const { append, state } = memoryJournal();
      append({ type: 'decision-noted', by: text, text, rationale: text });
      append({ type: 'issue-opened', issue: 'i', severity: 'major', by: text, text });
      append({ type: 'agent-started', agent: text, role: 'r', attempt: 1, route: [] });
      append({ type: 'notice', level: 'error', text });
      // What stands in code is no markup.
      const rendered = renderReport(buildReport(state)).replace(/(?<!\\)`[^`\n]*`/g, 'code');
      assert.ok(
        !/(?<!\\)<script|(?<!\\)!\[x\](?!\\)|(?<!\\)\[click|^#+ heading|^\| a|\u202e|\u2028/m.test(rendered),
        rendered,
      );
      const heads = rendered.split('\n').filter(line => line.startsWith('#'));
      assert.equal(
        heads.length,
        renderReport(buildReport(initialState()))
          .split('\n')
          .filter(l => l.startsWith('#')).length,
      );
    }
  });
});
