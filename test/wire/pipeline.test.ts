import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type PipelineWorld, pipelineWorld } from '../../scripts/pipeline/world.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { StationEvent } from '../../src/protocol/station.ts';
import { snapshot } from '../support/delivery/sample-repository.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

const PLAN = fileURLToPath(new URL('../../media/rehearsals/pipeline/multi-session-plan.md', import.meta.url));
const TEAM = [
  '--codex-pool codex,codex2,codex3 --comet-pool comet,comet2,edu_dev --claude-pool arch_prod,arch_qa --fallback ollama',
].flatMap(words => words.split(' '));

/** Where nothing holds commands, the person is asked about the checks, too. */
const UNHELD = /^running the checks \(node --test\) on what agents wrote, where no sandbox holds them/;

describe('the pipeline of the multi-session plan, to its end', function () {
  this.timeout(180_000);
  const temp = tempFolder();
  const children = new Set<ChildProcess>();
  let world: PipelineWorld;

  beforeEach(async () => {
    world = await pipelineWorld(temp.path);
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await world.close();
  });

  const start = (...args: string[]): ChildProcess => {
    const { workspace, environment } = world;
    const child = spawn(process.execPath, [program, ...args], {
      cwd: workspace,
      env: { ...environment, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  const orchestrate = async (...args: string[]) => {
    const child = start(...args);
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', text => {
        out += text;
      });
    const [code] = await once(child, 'close');
    return { code: code as number | null, out };
  };
  const good = async (...args: string[]) => {
    const { code, out } = await orchestrate(...args);
    assert.equal(code, 0, `${args.join(' ')}\n${out}`);
    return out;
  };
  const page = async (path: string) => (await fetch(`${world.url}${path}`)).text();
  /** Works until nothing is left to do; what is asked of the person is answered, and returned. */
  const work = async () => {
    const team = start('start', ...TEAM, '--rehearse', 'pipeline', '--until-done', '--json');
    const over = once(team, 'close');
    const asked: string[] = [];
    const outcomes: string[] = [];
    let rest = '';
    for await (const text of (team.stdout as NodeJS.ReadableStream).setEncoding('utf8')) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter(each => each.startsWith('{'))) {
        const event = JSON.parse(line) as StationEvent;
        if (event.type === 'run-ended') outcomes.push(`${event.outcome}: ${event.reason}`);
        if (event.type !== 'run-waits') continue;
        for (const { what } of event.asks) {
          asked.push(what);
          await good('answer', 'allow');
        }
      }
    }
    await over;
    return { asked, outcomes };
  };
  const eventsOf = async (item: string): Promise<JournalEvent[]> =>
    (await good('logs', item, '--json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));

  it('goes from feature branches over tests, a bug and QA to what people use; red health rolls back', async () => {
    const { workspace, git } = world;
    assert.match(await good('deploy', 'production', '--yes'), /is live on production/);
    assert.deepEqual(
      [await page('/books'), await page('/progress')],
      ['[{"title":"Eden","pages":100}]', 'there is no such page'],
    );
    const first = git('rev-parse', 'main').trim();

    await good('workflow', 'add', PLAN);
    const before = await snapshot(workspace);
    const { asked, outcomes } = await work();
    assert.deepEqual(
      outcomes.map(text => text.split(':')[0]),
      ['completed'],
      outcomes.join(),
    );
    assert.match(asked[0] ?? '', UNHELD);
    assert.deepEqual(
      asked.slice(1).map(text => text.replace(/[0-9a-f]{10} \(\S+\)/, 'IT')),
      ['Deploy IT to production'],
    );
    assert.equal(await page('/progress?page=1&pages=2'), '50');
    assert.equal(await page('/progress?page=0&pages=0'), '0', 'the bug that was found is not in what is live');
    assert.deepEqual(await snapshot(workspace), before, 'nobody’s checkout was touched');
    assert.equal(git('rev-parse', 'main').trim(), first);

    const events = await eventsOf('arch_qa');
    const index = (found: (event: JournalEvent) => boolean) => events.findIndex(found);
    const done = (task: string) => index(event => event.type === 'task-completed' && event.task === task);
    const begun = (task: string) => index(event => event.type === 'task-started' && event.task === task);
    const order = [
      'codex',
      'comet2',
      'codex-fix-1',
      'comet2-again-1',
      'arch_qa',
      'codex-fix-2',
      'arch_qa-again-1',
      'prepare-arch_prod',
      'arch_prod',
    ];
    for (const [i, then] of order.slice(1).entries())
      assert.ok(done(order[i] as string) < begun(then), `${order[i]} is done before ${then} begins`);

    const bug = events.find(event => event.type === 'finding-added' && event.bug !== undefined);
    const closed = events.find(
      event => bug?.type === 'finding-added' && event.type === 'finding-resolved' && event.finding === bug.finding,
    );
    assert.deepEqual(closed?.type === 'finding-resolved' && closed.how, 'tried again, and not seen any more');
    assert.match(await good('report', 'q1'), /shorter edition has read more than all of a book.*resolved/s);

    assert.match(await good('fast-forward'), /main is at/);
    const log = git('log', '--format=%B', `${first}..main`);
    assert.match(log, /Agent: codex.*\nAgent: codex2/s);
    assert.match(log, /Model: openai\//);
    const live = git('rev-parse', 'main').trim();

    await good('queue', 'add', 'Compute the progress in one line', '--target', 'codex', '--deliver');
    const second = await work();
    assert.deepEqual([second.asked, second.outcomes.map(text => text.split(':')[0])], [[], ['completed']]);
    await good('land', '--yes');
    const waiting = (await good('deliveries')).split('\n').find(line => line.includes('waits for you'));
    const delivery = waiting?.split(' ')[0] as string;
    assert.match(delivery, /^d_/, 'no reviewer has seen it');
    await good('approve', delivery, '--yes');
    await good('fast-forward');
    assert.notEqual(git('rev-parse', 'main').trim(), live);
    const red = await orchestrate('deploy', 'production', '--yes');
    assert.equal(red.code, 1);
    assert.match(red.out, /is not live on production: the health command .* stayed red; production was rolled back/);
    assert.equal(await page('/progress?page=0&pages=0'), '0', 'what was live before is live again');
    const clean = await good('deliveries', 'clean');
    assert.doesNotMatch(clean, /stays:/);
    assert.equal(git('for-each-ref', '--format=%(refname)', 'refs/heads').trim(), 'refs/heads/main');
  });
});
