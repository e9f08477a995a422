import assert from 'node:assert/strict';
import { renderLog } from '../../../src/core/session/log/render.ts';
import { Timeline } from '../../../src/core/session/log/timeline.ts';
import { buildReport } from '../../../src/core/session/report/build.ts';
import { renderReport } from '../../../src/core/session/report/render.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

const journal = (...events: Event[]) => {
  let now = 0;
  const made = memoryJournal(() => (now += 1000));
  for (const event of events) made.append(event);
  return made.state;
};
const call = (id: string, agent: string, model: string): Event[] => [
  { type: 'call-intent', call: id, agent, turn: 1, attempt: 1, model },
  { type: 'call-outcome', call: id, result: { ok: true, stop: 'end' }, ms: 1 },
];
const started = (agent: string, role: string, route: string[]): Event => ({
  type: 'agent-started',
  agent,
  role,
  attempt: 1,
  route,
});
const wrote = (path: string, agent: string, model?: string): Event[] => [
  { type: 'write-intent', write: path, path, agent, before: null, after: 'a'.repeat(64), ...(model && { model }) },
  { type: 'write-outcome', write: path, ok: true, reason: 'applied' },
];
const log = (state: ReturnType<typeof journal>) => renderLog(state, new Timeline());

describe('the record', () => {
  it('lists as used only who was called', () => {
    const state = journal(
      started('a', 'worker', ['anthropic/big', 'openai/big']),
      { type: 'provider-health', provider: 'google', ok: true },
      ...call('1', 'a', 'anthropic/big'),
      started('b', 'worker', ['local/tiny']),
    );
    assert.match(log(state), /\*\*Providers\*\*: `anthropic\/big`\n/);
    assert.match(log(state), /\*\*google\*\*: ready; not called/);
    assert.match(log(state), /\*\*Model\*\*: `local\/tiny`, not called so far/);
    const report = buildReport(state);
    assert.deepEqual(
      report.providers.map(one => one.provider),
      ['anthropic'],
    );
    assert.deepEqual(
      report.agents.map(one => one.models),
      [['anthropic/big'], []],
    );
    assert.match(renderReport(report), /`b` \| worker \| {2}\| none called/);
  });

  it('names as orchestrator who orchestrated, and says when nobody has yet', () => {
    const begin: Event = {
      type: 'session-started',
      session: 's',
      goal: 'g',
      version: '1',
      workspace: '/w',
      orchestrator: 'anthropic/best',
      rehearsal: false,
      budget: { alertAt: 0.8 },
    };
    assert.match(log(journal(begin)), /\*\*Orchestrator\*\*: `anthropic\/best`, not called so far/);
    const failedOver = journal(
      begin,
      started('orchestrator-1', 'orchestrator', ['anthropic/best', 'openai/best']),
      ...call('1', 'orchestrator-1', 'anthropic/best'),
      ...call('2', 'orchestrator-1', 'openai/best'),
    );
    assert.match(log(failedOver), /\*\*Orchestrator\*\*: `openai\/best`\n/);
  });

  it('keeps every warning, however many heartbeats and words of cheer come after it', () => {
    const warning: Event = { type: 'notice', level: 'warning', text: 'the disk is nearly full' };
    const beats = Array.from(
      { length: 500 },
      (_, i): Event => ({
        type: 'notice',
        level: 'info',
        text: `beat ${i}`,
        code: i % 2 === 0 ? 'heartbeat' : 'cheer',
      }),
    );
    const state = journal(warning, ...beats);
    assert.match(log(state), /### Notices\n\n- \[00:00:01\] the disk is nearly full/);
    assert.match(log(state), /### Last Heartbeat\n\n- \[[\d:]+\] beat 498/);
    assert.ok(state.notices.length <= 100);
  });

  it('gives each file and artifact to the provider whose model wrote it', () => {
    const state = journal(
      started('a', 'worker', ['anthropic/big']),
      ...call('1', 'a', 'anthropic/big'),
      ...call('2', 'a', 'openai/big'),
      ...wrote('one.js', 'a', 'anthropic/big'),
      ...wrote('two.js', 'a', 'openai/big'),
      ...wrote('two.js', 'a', 'anthropic/big'),
      ...wrote('three.js', 'a'),
      started('b', 'worker', ['openai/small']),
      ...call('3', 'b', 'openai/small'),
      ...wrote('four.js', 'b'),
      {
        type: 'artifact-published',
        artifact: 'api',
        version: 1,
        agent: 'b',
        mediaType: 'text/plain',
        blob: 'b'.repeat(64),
        bytes: 1,
      },
    );
    const made = buildReport(state).deliverables.map(({ provider, files, artifacts }) => [provider, files, artifacts]);
    assert.deepEqual(made, [
      ['anthropic', ['one.js', 'two.js'], []],
      ['openai', ['four.js', 'two.js'], ['api']],
      [undefined, ['three.js'], []],
    ]);
  });

  it('makes risks of what is open, and recommendations of what nobody acted on', () => {
    const found = (finding: string, severity: 'blocker' | 'major' | 'minor' | 'note'): Event => ({
      type: 'finding-added',
      finding,
      agent: 'r',
      task: 't',
      severity,
      path: 'a.js',
      line: 3,
      text: `${finding} text`,
    });
    const state = journal(
      found('open', 'major'),
      found('mended', 'blocker'),
      { type: 'finding-resolved', finding: 'mended', by: 'r', how: 'mended' },
      found('idea', 'note'),
      { type: 'finding-resolved', finding: 'idea', by: 'r', how: 'not found again in round 2' },
      found('done', 'minor'),
      { type: 'finding-resolved', finding: 'done', by: 'r', how: 'renamed' },
    );
    const { risks, recommendations } = buildReport(state);
    assert.deepEqual(risks, [{ severity: 'major', text: 'open text', by: 'r', where: 'a.js:3' }]);
    assert.deepEqual(
      recommendations.map(one => one.text),
      ['idea text'],
    );
    assert.match(renderReport(buildReport(state)), /### Open Risks\n\n- major, `r` in `a.js:3`: open text/);
  });
});
