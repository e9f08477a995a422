import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport } from '../../src/core/session/report/render.ts';
import { Report } from '../../src/core/session/report/report.ts';
import type { EventOf, EventType, JournalEvent } from '../../src/protocol/events.ts';
import { showCount, showMoney } from '../../src/protocol/show.ts';
import { demoFigures } from '../support/demo-figures.ts';
import { matchesGolden } from '../support/golden.ts';
import { program } from '../support/terminal-lab.ts';

/*
 * The log and the report of the demo, as the product writes them while it runs: the test starts it and sets nothing.
 *
 * | a session log kept by hand | in log.md | from |
 * |---|---|---|
 * | Session Information: id, start, orchestrator, target, providers, status | Session Information; only who was called is a provider | session-started, call-intent, session-ended |
 * | Agent Configuration: id, model, role, tasks, status, before they start | Agent Configuration, "Not Started" until they begin | roster-planned, agent-started, agent-ended |
 * | Session Timeline by phases, with times | Session Timeline | phase-started, phase-ended, and each event's own line |
 * | Real-Time Status: phase, tasks by state, escalations, providers | Real-Time Status Updates | task-*, supervision, breaker, route-parked |
 * | Initial task assignment, task order, rationale | Initial Task Assignment Strategy | plan-proposed |
 * | Provider selection rationale, provider by provider | Provider Selection Rationale | roster-planned, agent-started, failover |
 * | Tokens and money by provider, and of the orchestration | Token Consumption | call-outcome |
 * | Response time, success rate, failures, provider switches | Performance Metrics | call-outcome, failover |
 * | A failure with its error, its escalation, who resolved it and with which files | Issue Log, Escalation Log, timeline | issue-*, supervision, agent-ended, write-outcome |
 * | Deliverables and tests at each completion | timeline: files at each completed task, tests at each check | write-outcome, check-ended |
 * | Integration: contract matching, data format, error handling, CORS | Compatibility Analysis, Issues, Resolution Strategies | check-ended with a contract's rows |
 * | Quality score, production readiness | none: no event tells them | |
 * | Test coverage | Test coverage, where a check told it | check-ended |
 * | Final status, key achievements, duration | Final Session Status | all of the above, session-ended |
 * | Phases, parallel groups, speed-up (estimated) | report.md, Side by Side (measured) | task-started, task-completed |
 * | Recommendations, risks | report.md, Open Risks and Recommendations | finding-added, check-ended |
 * | Blockers resolved, one by one | report.md, Issues | finding-*, issue-* |
 */

const golden = (name: string) => join(import.meta.dirname, 'golden', name);

describe('the demo in the terminal', function () {
  this.timeout(180_000);
  let folder = '';
  let events: JournalEvent[] = [];
  const texts: Record<string, string> = {};
  const of = <T extends EventType>(type: T) =>
    events.filter(event => event.type === type) as unknown as (EventOf<T> & { at: number })[];

  const orchestrate = async (...args: string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...process.env, ORCHESTRATE_HOME: join(folder, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      err += text;
    });
    const [code] = await once(child, 'close');
    return { code, out: out.trimEnd(), err };
  };

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-record-')));
    const { code, out, err } = await orchestrate('run', '--rehearse', 'todo', '--yes', '--json');
    assert.equal(code, 0, err);
    events = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    const sessions = join(folder, '.orchestrate/sessions');
    const [id = ''] = (await readdir(sessions)).filter(name => !name.startsWith('.'));
    for (const name of ['log.md', 'report.md', 'report.json', 'report.html'])
      texts[name] = await readFile(join(sessions, id, name), 'utf8');
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('goes through failover, escalation, review, fix and a denied command to an application that works', async () => {
    const discarded = of('attempt-discarded');
    assert.ok(discarded.length > 0, 'an answer was cut in the middle and discarded');
    assert.ok(discarded.every(event => event.model.startsWith('google/')));
    assert.ok(of('failover').some(event => event.from.startsWith('google/')));
    assert.deepEqual(
      of('supervision').map(event => [event.task, event.rung]),
      [['frontend', 'escalation']],
    );
    assert.deepEqual(
      of('round-ended')
        .filter(event => event.task === 'backend')
        .map(event => [event.kind, event.openBlockers]),
      [
        ['implement', 0],
        ['review', 1],
        ['fix', 0],
        ['review', 0],
      ],
    );
    assert.deepEqual(
      of('permission-denied').map(event => event.agent),
      ['qa-specialist-1'],
    );
    const integration = of('check-ended').filter(event => event.task === 'integration');
    assert.deepEqual(
      integration.map(event => [event.ok, event.exit]),
      [
        [true, 0],
        [true, undefined],
      ],
    );
    assert.deepEqual(
      integration[1]?.contract?.rows.map(row => [row.operation, row.result]),
      [
        ['GET /api/todos', 'kept'],
        ['POST /api/todos', 'kept'],
        ['DELETE /api/todos/{id}', 'kept'],
        ['PATCH /api/todos/{id}', 'kept'],
      ],
    );
    assert.equal(integration[0]?.tests?.failed, 0);
    assert.ok((integration[0]?.tests?.passed ?? 0) >= 9);
    const spent = of('call-outcome').reduce((sum, event) => sum + (event.cost ?? 0), 0);
    assert.ok(spent > 0, 'every call was priced');
    assert.deepEqual(
      of('session-ended').map(event => event.outcome),
      ['completed'],
    );
    await useTheApplication(folder);
  });

  it('reads as the golden log and report do, times and sums aside', async () => {
    await matchesGolden(steady(texts['log.md'] ?? '', folder), golden('demo-log.md'));
    await matchesGolden(steady(texts['report.md'] ?? '', folder), golden('demo-report.md'));
  });

  it('has no number in its report that the events of its journal do not tell', () => {
    const report = JSON.parse(texts['report.json'] ?? '') as Report;
    Report.parse(report);
    const expected = demoFigures(events);
    const untraced: string[] = [];
    for (const [path, value] of numbersIn(report)) {
      const told = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], expected);
      if (told === undefined) untraced.push(path.join('.'));
      else assert.equal(value, told, path.join('.'));
    }
    assert.deepEqual(untraced, []);
    assert.equal(renderReport(report), texts['report.md'], 'and report.md says what report.json says');
  });

  it('has the same figures in its log', () => {
    const log = texts['log.md'] ?? '';
    const report = JSON.parse(texts['report.json'] ?? '') as Report;
    const { tokens, costNanoUsd, failed, modelSwitches, discardedAnswers, escalations } = report.total;
    const all = (tokens?.input ?? 0) + (tokens?.cacheRead ?? 0) + (tokens?.cacheWrite ?? 0) + (tokens?.output ?? 0);
    for (const line of [
      `**Total Session Tokens**: at least ${showCount(all)} tokens (at most ${showMoney(costNanoUsd)})`,
      `**Failure Count**: ${failed}`,
      `**Provider Switches**: ${modelSwitches}`,
      `**Discarded Answers**: ${discardedAnswers}`,
      `**Escalations**: ${escalations}`,
      `**Completed Tasks**: ${of('task-completed').length}`,
      `**Tasks**: ${of('task-completed').length} of ${report.tasks.length} completed`,
      '**Integration Compatibility**: 4 of 4 operations kept, 0 broken, 0 not tried',
    ])
      assert.ok(log.includes(line), `${line} is not in the log`);
    for (const { provider, ...use } of report.providers) {
      const sum = use.tokens && use.tokens.input + use.tokens.cacheRead + use.tokens.cacheWrite + use.tokens.output;
      assert.ok(log.includes(`**${provider}**: `) && log.includes(showCount(sum)), provider);
    }
  });

  it('names as orchestrator the model that planned, and as providers those that were called', () => {
    const log = texts['log.md'] ?? '';
    const called = [...new Set(of('call-intent').map(event => event.model))].sort();
    assert.match(log, /\*\*Orchestrator\*\*: `anthropic\/claude-opus-5-5`\n/);
    assert.ok(log.includes(`**Providers**: ${called.map(model => `\`${model}\``).join(', ')}\n`));
  });

  it('is printed in each form by orchestrate report, from the journal as it is now', async () => {
    const print = (...args: string[]) => orchestrate('report', ...args);
    assert.equal((await print()).out, texts['report.md']?.trimEnd());
    assert.deepEqual(JSON.parse((await print('--json')).out), JSON.parse(texts['report.json'] ?? ''));
    assert.equal((await print('--format', 'html')).out, texts['report.html']?.trimEnd());
    assert.match((await print('--format', 'pull-request')).out, /^## What and Why\n\nBuild a simple todo list/);
    const wrong = await print('--format', 'docx');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /no format "docx"; choose markdown, html, json, pull-request/);
  });

  it('has one page for browsers and printers, which loads nothing and runs nothing', () => {
    const html = texts['report.html'] ?? '';
    assert.ok(!/<script|<link|<img|@import|url\(|src=|href=/i.test(html));
    for (const word of ['prefers-color-scheme: dark', '@media print', '<svg', 'When each task was at work'])
      assert.ok(html.includes(word), word);
    for (const heading of (texts['report.md'] ?? '').matchAll(/^#+ (.*)$/gm))
      assert.ok(html.includes(`>${heading[1]}</h`), heading[1]);
  });

  it('is listed, told of, decided on file by file, and has nothing to abort', async () => {
    const status = await orchestrate('status', '--json');
    const summary = JSON.parse(status.out);
    assert.equal(summary.outcome.outcome, 'completed');
    assert.equal(summary.owner, undefined);

    const waiting = await orchestrate('changes', '--json');
    const paths = waiting.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).path);
    assert.ok(paths.includes('server/store.js') && paths.includes('README.md'));

    const accepted = await orchestrate('accept', 'server/store.js');
    assert.match(accepted.out, /server\/store\.js: 1 hunk accepted/);
    const before = await readFile(join(folder, 'README.md'), 'utf8');
    assert.match(before, /Todo list/);
    assert.equal((await orchestrate('reject', 'README.md', '--reason', 'too short')).code, 0);
    await assert.rejects(readFile(join(folder, 'README.md')), { code: 'ENOENT' });
    const left = await orchestrate('changes', '--json');
    assert.equal(left.out.trim().split('\n').length, paths.length - 2);

    assert.match((await orchestrate('list')).out, /completed .*Build a simple todo list web application/);
    assert.match((await orchestrate('logs')).out, /plan with 6 tasks/);
    const abort = await orchestrate('abort');
    assert.equal(abort.code, 2, 'nobody runs it any more');
    assert.match(abort.err, /not running/);
  });
});

function* numbersIn(value: unknown, path: string[] = []): Generator<[path: string[], value: number]> {
  if (typeof value === 'number') yield [path, value];
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, [...path, key]);
}

/** Without what is another thing each time: when, how long, how much, and which of two that work side by side was first. */
function steady(text: string, folder: string): string {
  const lines = text
    .replaceAll(folder, '/somewhere/todo')
    .replace(/\d{8}-\d{6}-\w{4}/g, 'SESSION')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DATE TIME')
    .replace(/\d\d:\d\d:\d\d/g, 'TIME')
    .replace(/\d+ min \d\d s|\d+(\.\d)? s\b/g, 'N s')
    .replace(/(at least |at most )?\$\d+(\.\d+)?/g, '$$N')
    .replace(/(at least )?\d+(\.\d)?k\b/g, 'Nk')
    .replace(/\d+(\.\d+)?%( success| of 3\d| \|)/g, 'N%$2')
    .replace(/of \d+ model calls/g, 'of N model calls')
    .replace(/\d+\.\d+ times/g, 'N times')
    .replace(/terminated \(\w+\)/g, 'terminated')
    // Only where the session goes on for longer than its pause.
    .replace(/^- \[TIME\] Breaker of .* is half-open\n/gm, '')
    .split('\n');
  const steadied: string[] = [];
  let block: string[] = [];
  const flush = () => {
    steadied.push(...block.sort());
    block = [];
  };
  for (const line of lines) {
    if (/^- |^\|/.test(line)) block.push(line);
    else {
      flush();
      steadied.push(line);
    }
  }
  flush();
  // Of two agents or tasks that work side by side, either may have been first.
  const ordered = (part: string) => {
    const [head = '', ...sections] = part.split(/^(?=### )/m);
    return (
      head +
      sections
        .map(section => `${section.trimEnd()}\n\n`)
        .sort()
        .join('')
    );
  };
  return steadied
    .join('\n')
    .split(/^(?=## )/m)
    .map(ordered)
    .join('');
}

/** Starts what the team made, as its README says, and uses it over HTTP. */
async function useTheApplication(folder: string): Promise<void> {
  const server: ChildProcess = spawn(process.execPath, [join(folder, 'server/main.js')], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(server.stdout as NodeJS.ReadableStream, 'data');
    const url = /http:\S+/.exec(String(line))?.[0] ?? '';
    assert.match(await (await fetch(url)).text(), /What is to be done\?/);
    const body = JSON.stringify({ title: 'Try it' });
    const made = await fetch(`${url}/api/todos`, { method: 'POST', body });
    assert.equal(made.status, 201);
    const { todos } = (await (await fetch(`${url}/api/todos`)).json()) as { todos: { title: string }[] };
    assert.deepEqual(
      todos.map(todo => todo.title),
      ['Try it'],
    );
  } finally {
    server.kill();
    await once(server, 'close');
  }
}
