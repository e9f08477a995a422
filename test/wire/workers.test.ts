import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { showCost } from '../../src/core/session/figures.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { pixelPng } from '../support/pixel.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { endServers } from '../support/wire.ts';
import type { Script } from '../support/worker/acp-agent.ts';
import { endSessions, type WorkerSession, workerSession } from '../support/worker/worker-session.ts';

const USAGE = { input: 100, output: 20 };

describe('a role with a CLI agent', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  afterEach(async () => {
    await endSessions();
    await endServers();
  });

  it('is shown what a person handed in, and told of it where it takes no images', async () => {
    for (const sees of [true, false]) {
      const world = await workerSession({
        folder: join(folder.path, String(sees)),
        habits: { sees },
        images: [{ name: 'design.png', mediaType: 'image/png', bytes: pixelPng }],
        script: [
          [
            [
              { write: 'kept.txt', text: 'new\n' },
              { end: 'end_turn', usage: USAGE },
            ],
          ],
        ],
      });
      assert.equal(await world.over(), 'completed');
      const [prompt = ''] = await world.prompts();
      assert.match(prompt, /"design\.png": an image, PNG/);
      assert.equal(prompt.includes('[image image/png]'), sees);
      assert.equal(/You cannot see images/.test(prompt), !sees);
    }
  });

  it('has its task done by it in a copy, and what it changed waits for review as its work', async () => {
    const world = await workerSession({
      folder: folder.path,
      files: {
        'kept.txt': 'old\n',
        'gone.txt': 'bye\n',
        '.gitignore': 'secret/\n',
        'secret/a.txt': 'x',
        '.env': 'KEY=1',
      },
      script: [
        [
          [
            { think: 'Hm.' },
            { say: 'I begin.' },
            { tool: { kind: 'edit', title: 'Write kept.txt', path: 'kept.txt' } },
            { write: 'kept.txt', text: 'new\n' },
            { write: 'sub/made.txt', text: 'made\n' },
            { remove: 'gone.txt' },
            { cost: 0.25 },
            { say: 'I made it.' },
            { end: 'end_turn', usage: USAGE },
          ],
        ],
      ],
    });
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('kept.txt'), 'new\n');
    assert.equal(await world.file('sub/made.txt'), 'made\n');
    assert.equal(await world.file('gone.txt'), undefined);
    const { state } = world.session.journal;
    const agent = state.agents.get('maker-1');
    assert.equal(agent?.worker, 'fake');
    assert.equal(agent?.model, 'fake-cli/fake(CLI)');
    assert.match(agent?.summary ?? '', /I begin\.\s+I made it\./);
    assert.deepEqual([agent?.tally.cost, agent?.tally.usage.input, agent?.tally.unknownCost], [250_000_000, 100, 0]);
    assert.deepEqual([...state.files.values()].map(({ path, agents, status }) => [path, agents, status]).sort(), [
      ['gone.txt', ['maker-1'], 'pending'],
      ['kept.txt', ['maker-1'], 'pending'],
      ['sub/made.txt', ['maker-1'], 'pending'],
    ]);
    assert.deepEqual(new Set(world.of('write-intent').map(({ model }) => model)), new Set(['fake-cli/fake(CLI)']));
    const [begun] = await world.notes();
    assert.ok(begun && 'start' in begun);
    assert.notEqual(begun.folder, world.workspace);
    assert.equal(begun.env.HOME, process.env.HOME);
    assert.equal(begun.env.ANTHROPIC_API_KEY, undefined, 'no key of ours reaches it');
    assert.equal(existsSync(begun.folder), false, 'its copy is gone');
    const [prompt] = await world.prompts();
    assert.match(prompt ?? '', /You work\.[\s\S]*Make it\./);
  });

  /** A model of ours that does the task when it is asked. */
  const ours = (request: CanonicalRequest): ScriptedAnswer => {
    const said = request.messages.filter(message => message.role === 'assistant').length;
    return {
      toolCalls: [
        said === 0
          ? { name: 'write_file', args: { path: 'ours.txt', content: 'by a model\n' } }
          : { name: 'finish_task', args: { summary: 'A model did it.' } },
      ],
    };
  };
  const rungs = (world: WorkerSession) => world.of('supervision').map(({ rung, trigger }) => `${rung}: ${trigger}`);

  it('that dies is tried again from a clean copy, and then a model of ours does it', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ write: 'half.txt', text: 'half\n' }, { die: 3 }]]],
      answer: ours,
    });
    assert.equal(await world.over(), 'completed');
    assert.deepEqual(rungs(world), ['fresh-attempt: worker-failed', 'other-provider: worker-failed']);
    assert.match(world.of('supervision')[0]?.reason ?? '', /exit code 3/);
    assert.equal(await world.file('half.txt'), undefined, 'nothing of what it left is there');
    assert.equal(await world.file('ours.txt'), 'by a model\n');
    const { agents } = world.session.journal.state;
    assert.deepEqual(
      [...agents.values()].map(({ worker, status }) => [worker, status]),
      [
        ['fake', 'failed'],
        ['fake', 'failed'],
        [undefined, 'completed'],
      ],
    );
  });

  it('that wants a login is not asked twice', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ fail: { code: -32000, message: 'Authentication required' } }]]],
      answer: ours,
    });
    assert.equal(await world.over(), 'completed');
    assert.deepEqual(rungs(world), ['other-provider: worker-unavailable']);
    assert.equal((await world.prompts()).length, 1);
  });

  it('that is not there is not waited for: models do the work, and it is said', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [],
      config: { workers: { fake: { command: 'no-such-program-anywhere' } } },
      answer: ours,
    });
    assert.equal(await world.over(), 'completed');
    assert.match(world.of('notice').find(({ code }) => code === 'worker-not-used')?.text ?? '', /no CLI agent "fake"/);
    assert.deepEqual(rungs(world), []);
  });

  it('that answers with an error as if it were text has not done its task', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ say: 'stream error: 500, retrying failed' }, { end: 'end_turn' }]]],
      answer: ours,
    });
    assert.equal(await world.over(), 'completed');
    assert.deepEqual(rungs(world), ['fresh-attempt: no-finish', 'other-provider: no-finish']);
    assert.match(world.of('supervision')[0]?.reason ?? '', /did nothing and said: stream error/);
  });

  it('changes only files of its task: it is told once, and what it leaves there is not taken over', async () => {
    const world = await workerSession({
      folder: folder.path,
      files: { 'other.txt': 'theirs\n' },
      writes: ['mine/**'],
      script: [
        [
          [
            { write: 'mine/a.txt', text: 'a\n' },
            { write: 'other.txt', text: 'taken\n' },
            { write: 'stray.txt', text: 'stray\n' },
          ],
          [{ remove: 'stray.txt' }, { say: 'I could not leave other.txt.' }],
        ],
      ],
    });
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('mine/a.txt'), 'a\n');
    assert.equal(await world.file('other.txt'), 'theirs\n');
    const [, told] = await world.prompts();
    assert.match(told ?? '', /other\.txt, stray\.txt[\s\S]*mine\/\*\*/);
    assert.deepEqual(
      world.of('permission-denied').map(({ what, rule }) => [what, rule]),
      [['other.txt', 'outside-claim']],
    );
    assert.match(world.session.journal.state.agents.get('maker-1')?.summary ?? '', /not taken over: other\.txt/);
  });

  it('asks for permission as everybody does: what policy, claims and people say is what it is told', async () => {
    const world = await workerSession({
      folder: folder.path,
      writes: ['mine.txt'],
      others: [
        {
          id: 'theirs',
          title: 'Theirs',
          role: 'maker',
          instructions: 'Later.',
          needs: ['make'],
          writes: ['other.txt'],
        },
      ],
      present: true,
      script: [
        [
          [
            { ask: { kind: 'edit', title: 'Edit', path: 'mine.txt' }, granted: [{ write: 'mine.txt', text: 'm\n' }] },
            { ask: { kind: 'edit', title: 'Edit', path: 'other.txt' } },
            { ask: { kind: 'edit', title: 'Edit', path: '/etc/hosts' } },
            { ask: { kind: 'execute', title: 'rm', command: 'rm -rf /' } },
            { ask: { kind: 'execute', title: 'ls', command: 'ls' } },
            { ask: { kind: 'execute', title: 'ls', command: 'ls', cwd: 'docs' } },
            { ask: { kind: 'execute', title: 'cat', command: 'cat shadow', cwd: '/etc' } },
            { ask: { kind: 'execute', title: 'ls', command: 'ls', cwd: '/etc' } },
            { ask: { kind: 'execute', title: 'tests', command: 'npm test', cwd: '..' } },
            {
              ask: { kind: 'execute', title: 'install', command: 'npm install left-pad' },
              granted: [{ say: 'installed' }],
            },
            { ask: { kind: 'execute', title: 'ls' } },
            { ask: { kind: 'execute', title: 'rm -rf /' } },
            { ask: { kind: 'fetch', title: 'Fetch a page' } },
            { ask: { kind: 'fetch', title: 'Fetch another page' } },
            { through: 'other.txt', text: 'no' },
            { through: 'mine.txt', text: 'through\n' },
            { end: 'end_turn', usage: USAGE },
          ],
        ],
        [[{ write: 'other.txt', text: 'theirs\n' }]],
      ],
    });
    for (const [what, folder] of [
      ['ls', '/etc'],
      ['npm test', '..'],
    ] as const) {
      const elsewhere = await world.seen('permission-asked', asked => asked.what === what && asked.folder === folder);
      await world.session.request({ kind: 'answer', ask: elsewhere.ask, decision: 'deny', scope: 'once' });
    }
    const first = await world.seen('permission-asked', ({ what }) => what.startsWith('npm install'));
    assert.equal(first.what, 'npm install left-pad');
    await world.session.request({ kind: 'answer', ask: first.ask, decision: 'deny', scope: 'once' });
    const titled = await world.seen('permission-asked', ({ what, folder }) => what === 'ls' && folder === undefined);
    assert.equal(titled.kind, 'command');
    await world.session.request({ kind: 'answer', ask: titled.ask, decision: 'allow', scope: 'once' });
    const second = await world.seen('permission-asked', ({ kind }) => kind === 'tool');
    await world.session.request({ kind: 'answer', ask: second.ask, decision: 'allow', scope: 'session' });
    assert.equal(await world.over(), 'completed');
    const said = world.session.journal.state.agents.get('maker-1')?.summary ?? '';
    const answers = [...said.matchAll(/answered: ((?:allow|reject)_once|cancelled)/g)].map(([, answer]) => answer);
    const [yes, no] = ['allow_once', 'reject_once'];
    assert.deepEqual(answers, [yes, no, no, no, yes, yes, no, no, no, no, yes, no, yes, yes]);
    assert.match(said, /refused: [\s\S]*only: mine\.txt/);
    assert.equal(await world.file('mine.txt'), 'through\n');
    assert.match(said, /refused: [\s\S]*"other\.txt" belongs to task theirs \(Theirs\), which has yet to begin/);
    assert.equal(await world.file('other.txt'), 'theirs\n');
    assert.deepEqual(
      world
        .of('permission-denied')
        .map(({ what, rule }) => [what, rule])
        .slice(0, 2),
      [
        ['other.txt', 'outside-claim'],
        ['/etc/hosts', 'outside-workspace'],
      ],
    );
    assert.equal(world.of('permission-asked').length, 5, 'what was allowed for the session is not asked again');
  });

  it('is given a file that no other task needs when it asks to write it, and that lands; never what no agent may write', async () => {
    const world = await workerSession({
      folder: folder.path,
      files: { 'package.json': '{}\n' },
      writes: ['src/**'],
      script: [
        [
          [
            { write: 'src/a.js', text: 'a\n' },
            {
              ask: { kind: 'edit', title: 'Edit package.json', path: 'package.json' },
              granted: [{ write: 'package.json', text: '{"type": "module"}\n' }],
            },
            { ask: { kind: 'edit', title: 'Edit', path: '.git/config' } },
            { through: 'NOTES.md', text: 'notes\n' },
            { say: 'Done.' },
          ],
        ],
      ],
    });
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('package.json'), '{"type": "module"}\n');
    assert.equal(await world.file('NOTES.md'), 'notes\n');
    assert.deepEqual(
      world.of('claim-granted').map(({ agent, task, path }) => [agent, task, path]),
      [
        ['maker-1', 'make', 'package.json'],
        ['maker-1', 'make', 'NOTES.md'],
      ],
    );
    assert.deepEqual(
      world.of('permission-denied').map(({ what, rule }) => [what, rule]),
      [['.git/config', 'protected']],
    );
    assert.equal((await world.prompts()).length, 1, 'nothing had to be taken back');
  });

  it('that writes into the workspace past its copy is no author of anything there', async () => {
    const outside = join(folder.path, 'workspace', 'past.txt');
    const world = await workerSession({
      folder: folder.path,
      script: [
        [
          [
            { write: outside, text: 'past\n' },
            { write: 'made.txt', text: 'made\n' },
          ],
        ],
      ],
    });
    assert.equal(await world.over(), 'completed');
    assert.deepEqual([...world.session.journal.state.files.keys()], ['made.txt']);
  });

  it('is stopped with all that it started when it is aborted, though it does not listen', async () => {
    const number = join(folder.path, 'child.pid');
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ child: number }, { tool: { kind: 'execute', title: 'Runs' } }, { deaf: 'late.txt' }]]],
    });
    await world.seen('tool-outcome');
    const child = Number(await readFile(number, 'utf8'));
    assert.ok(process.kill(child, 0));
    await world.session.request({ kind: 'abort', agent: 'maker-1' });
    await world.over();
    assert.throws(() => process.kill(child, 0), 'what it had started is gone');
    assert.equal(world.session.journal.state.agents.get('maker-1')?.status, 'aborted');
    assert.equal(await world.file('late.txt'), undefined);
    const [begun] = await world.notes();
    assert.ok(begun && 'start' in begun && !existsSync(begun.folder), 'nothing writes there any more');
  });

  it('stops when it is paused, and goes on when it may', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ tool: { kind: 'read', title: 'Reads' } }, { hang: true }], [{ write: 'made.txt', text: 'made\n' }]]],
    });
    await world.seen('tool-outcome');
    await world.session.request({ kind: 'pause', agent: 'maker-1' });
    await world.seen('call-outcome');
    assert.equal((await world.prompts()).length, 1);
    await world.session.request({ kind: 'unpause', agent: 'maker-1' });
    assert.equal(await world.over(), 'completed');
    assert.match((await world.prompts())[1] ?? '', /Go on with the task/);
    assert.equal(await world.file('made.txt'), 'made\n');
  });

  it('gives way to models when somebody reassigns it', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [[[{ write: 'half.txt', text: 'h' }, { tool: { kind: 'read', title: 'Reads' } }, { hang: true }]]],
      answer: ours,
    });
    await world.seen('tool-outcome');
    await world.session.request({ kind: 'reassign', agent: 'maker-1', route: ['anthropic/claude-opus-5-5'] });
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('ours.txt'), 'by a model\n');
    assert.equal(await world.file('half.txt'), undefined);
    const agent = world.session.journal.state.agents.get('maker-1');
    assert.deepEqual([agent?.worker, agent?.model], [undefined, 'anthropic/claude-opus-5-5']);
  });

  it('pays what it says from the budget, and is stopped when that is spent', async () => {
    const world = await workerSession({
      folder: folder.path,
      config: { budget: { sessionUsd: 1, whenSpent: 'stop' } },
      script: [[[{ cost: 0.4 }, { cost: 0.9 }, { cost: 1.2 }, { write: 'late.txt', text: 'x' }, { hang: true }]]],
    });
    assert.equal(await world.over(), 'budget-spent');
    assert.deepEqual(
      world.of('worker-spent').map(({ cost }) => cost),
      [400_000_000, 500_000_000, 300_000_000],
    );
    assert.equal(world.session.journal.state.tally.cost, 1_200_000_000);
    assert.equal(world.of('budget-alert').length, 1);
    assert.equal(world.of('budget-spent')[0]?.scope, 'session');
    assert.equal(await world.file('late.txt'), undefined);
  });

  it('of unknown cost stays of unknown cost', async () => {
    const world = await workerSession({
      folder: folder.path,
      script: [
        [
          [
            { write: 'made.txt', text: 'x' },
            { end: 'end_turn', usage: USAGE },
          ],
        ],
      ],
    });
    assert.equal(await world.over(), 'completed');
    const { tally } = world.session.journal.state;
    assert.deepEqual([tally.cost, tally.unknownCost, tally.usage.input, tally.unknownUsage], [0, 1, 100, 0]);
    assert.equal(showCost(tally), 'unknown');
    const [proposed] = world.of('plan-proposed');
    assert.equal(proposed?.estimate?.low, undefined, 'nor can it be known before');
  });

  it('hears what it is told in between when its answer has ended', async () => {
    const world = await workerSession({
      folder: folder.path,
      present: true,
      script: [[[{ ask: { kind: 'fetch', title: 'Wait' } }], [{ write: 'made.txt', text: 'x' }]]],
    });
    const { ask } = await world.seen('permission-asked');
    await world.session.request({ kind: 'nudge', agent: 'maker-1', text: 'Mind the margin.' });
    await world.session.request({ kind: 'answer', ask, decision: 'allow', scope: 'once' });
    assert.equal(await world.over(), 'completed');
    assert.equal((await world.prompts())[1], 'Mind the margin.');
  });

  it('does not overwrite what changed in the workspace while it worked', async () => {
    const world = await workerSession({
      folder: folder.path,
      files: { 'a.txt': 'a\n' },
      present: true,
      script: [
        [[{ write: 'a.txt', text: 'by the agent\n' }, { ask: { kind: 'fetch', title: 'Wait' } }]],
        [[{ write: 'b.txt', text: 'b\n' }]],
      ],
    });
    const { ask } = await world.seen('permission-asked');
    await writeFile(join(world.workspace, 'a.txt'), 'by the user\n');
    await world.session.request({ kind: 'answer', ask, decision: 'allow', scope: 'once' });
    assert.equal(await world.over(), 'completed');
    assert.deepEqual(rungs(world), ['fresh-attempt: conflict']);
    assert.equal(await world.file('a.txt'), 'by the user\n');
    assert.equal(await world.file('b.txt'), 'b\n');
  });

  it('starts again from a clean copy when the session was stopped in the middle', async () => {
    const script: Script = [
      [
        [
          { write: 'half.txt', text: 'half\n' },
          { cost: 0.5 },
          { tool: { kind: 'read', title: 'Reads' } },
          { hang: true },
        ],
      ],
      [[{ write: 'whole.txt', text: 'whole\n' }, { cost: 0.25 }]],
    ];
    const first = await workerSession({ folder: folder.path, script });
    await first.seen('tool-outcome');
    first.session.stop('enough for today');
    assert.equal(await first.over(), 'interrupted');
    assert.equal(await first.file('half.txt'), undefined);
    const second = await workerSession({ folder: folder.path, script, resume: first.session.id });
    assert.equal(await second.over(), 'completed');
    assert.equal(await second.file('half.txt'), undefined);
    assert.equal(await second.file('whole.txt'), 'whole\n');
    assert.deepEqual([...second.session.journal.state.agents.keys()], ['maker-1']);
    assert.equal(second.session.journal.state.tally.cost, 750_000_000);
  });
});
