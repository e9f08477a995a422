import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { mistakes } from '../../../src/core/contract/schema.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { buildReport } from '../../../src/core/session/report/build.ts';
import { renderHtml } from '../../../src/core/session/report/html.ts';
import { markdownHtml } from '../../../src/core/session/report/markdown-html.ts';
import { renderPullRequest } from '../../../src/core/session/report/pull-request.ts';
import { Report } from '../../../src/core/session/report/report.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { todoSession } from '../../support/todo-session.ts';

const reportOf = (events: readonly JournalEvent[]) => {
  const state = initialState();
  for (const event of events) reduce(state, event);
  return buildReport(state);
};
/** Every tag of the page, without its text. */
const tags = (html: string) =>
  [...html.matchAll(/<(\/?[a-z][a-z0-9]*)\b[^>]*>/gi)].map(([, name = '']) => name.toLowerCase());
const KNOWN = new Set(
  'html head meta title style body h1 h2 h3 p ul li strong em code div table thead tbody tr th td hr figure figcaption svg g text rect'.split(
    ' ',
  ),
);

describe('the report in other forms', () => {
  it('is JSON that its published schema takes, of any session', async () => {
    const schema = z.toJSONSchema(Report, { io: 'input' }) as Record<string, unknown>;
    assert.deepEqual(await mistakes(schema, JSON.parse(JSON.stringify(reportOf(todoSession)))), []);
    await fc.assert(
      fc.asyncProperty(anyJournal(40), async events => {
        const report = JSON.parse(JSON.stringify(reportOf(events)));
        assert.deepEqual(await mistakes(schema, report), []);
        assert.deepEqual(Report.parse(report), report, 'and the schema knows every field of it');
      }),
      { numRuns: 30 },
    );
  });

  it('is a page of known tags alone, whatever agents write', () => {
    const nasty = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)>',
      '![x](https://example.org/?leak)',
      '`</code><script>`',
      '**bold <b>** | a | b',
      '\\<b>',
      '*',
    ];
    for (const text of nasty) {
      const { append, state } = memoryJournal();
      append({
        type: 'session-started',
        session: 's',
        goal: text,
        version: text,
        workspace: text,
        rehearsal: false,
        budget: { alertAt: 1 },
      });
      append({ type: 'decision-noted', by: text, text, rationale: text });
      append({ type: 'issue-opened', issue: 'i', severity: 'major', by: text, text });
      append({ type: 'agent-started', agent: text, role: 'r', attempt: 1, route: [] });
      const html = renderHtml(buildReport(state));
      const unknown = tags(html).filter(tag => !KNOWN.has(tag.replace('/', '')));
      assert.deepEqual(unknown, [], text);
      assert.ok(!/<[^>]*\son\w+=/i.test(html), text);
      assert.ok(
        !/<(?!\/?details>|\/?summary>)\w/.test(
          renderPullRequest(buildReport(state))
            .replace(/(?<!\\)`[^`\n]*`/g, '')
            .replace(/\\</g, ''),
        ),
        text,
      );
    }
  });

  it('has charts with the figures in words', () => {
    const html = renderHtml(reportOf(todoSession));
    assert.match(html, /<title>Todo server: 1 min 06 s<\/title>/);
    assert.match(html, /role="img" aria-label="What each model cost, as far as it is known"/);
    assert.match(html, /<title>npm test: 12 passed, 0 failed<\/title>/);
  });

  it('can be made of any session', () => {
    fc.assert(
      fc.property(anyJournal(60), events => {
        const report = reportOf(events);
        for (const text of [renderHtml(report), renderPullRequest(report)])
          assert.ok(!/undefined|NaN|\[object/.test(text), text);
      }),
    );
  });

  it('reads Markdown as it is written', () => {
    assert.equal(
      markdownHtml('# A\n\n- **b**: `c`\n- *d*\n\n| x | y |\n| --- | --- |\n| 1 \\| 2 | \\*e\\* |\n\n---'),
      '<h1 id="a">A</h1>\n<ul><li><strong>b</strong>: <code>c</code></li><li><em>d</em></li></ul>\n<div class="table"><table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1 | 2</td><td>*e*</td></tr></tbody></table></div>\n<hr>',
    );
  });
});
