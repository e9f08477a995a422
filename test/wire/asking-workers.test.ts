import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerDiagnosis } from '../../src/core/doctor/doctor.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { diagnoseWorkers } from '../../src/runtime/diagnose.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { endServers } from '../support/wire.ts';
import type { Habits, Script, Step } from '../support/worker/acp-agent.ts';
import { endSessions, scriptedAgent, type WorkerSession, workerSession } from '../support/worker/worker-session.ts';

const USAGE = { input: 10, output: 5 };
const WORK: Step[] = [
  { write: 'made.txt', text: 'by the CLI agent\n' },
  { say: 'Made.' },
  { end: 'end_turn', usage: USAGE },
];
const ASKS: Step[] = [{ obey: 'asking' }, { say: 'refused' }];

describe('a CLI agent that has to ask before it acts', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  afterEach(async () => {
    await endSessions();
    await endServers();
  });

  const ours = (request: CanonicalRequest): ScriptedAnswer => {
    const said = request.messages.filter(message => message.role === 'assistant').length;
    const write = { name: 'write_file', args: { path: 'made.txt', content: 'by a model\n' } };
    return { toolCalls: [said === 0 ? write : { name: 'finish_task', args: { summary: 'A model did it.' } }] };
  };
  const claude = (habits: Habits, turns: Step[][]) =>
    workerSession({ folder: folder.path, as: 'claude', habits, script: [turns], answer: ours });
  const rungs = (world: WorkerSession) => world.of('supervision').map(({ rung, trigger }) => `${rung}: ${trigger}`);
  const reasons = (world: WorkerSession) => world.of('supervision').map(({ reason }) => reason);
  const probes = async () => (await readdir(tmpdir())).filter(name => name.startsWith('asked-'));

  it('is put into its asking mode, proves that it asks, and then works', async () => {
    const world = await claude({ mode: 'auto' }, [ASKS, WORK]);
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('made.txt'), 'by the CLI agent\n');
    const [proof = '', work = ''] = await world.prompts();
    assert.match(proof, /Run this one shell command/);
    assert.match(work, /Make it\./);
    assert.doesNotMatch(work, /shell command, exactly/, 'its work begins in a conversation of its own');
    assert.deepEqual(rungs(world), []);
    assert.equal(world.of('call-outcome').length, 2, 'the proof is booked like every answer');
  });

  it('that acts outside of its folder without asking gets no work: a model does it, and it is said why', async () => {
    const before = await probes();
    const world = await claude({ mode: 'auto' }, [[{ obey: 'unasked' }], WORK]);
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('made.txt'), 'by a model\n');
    assert.deepEqual(rungs(world), ['other-provider: worker-unavailable']);
    assert.match(reasons(world)[0] ?? '', /did so without asking/);
    assert.equal((await world.prompts()).length, 1);
    assert.deepEqual(await probes(), before, 'nothing is left of what it wrote');
  });

  it('that stays in a mode of its own choosing gets no work, and nothing is said to it', async () => {
    const world = await claude({ mode: 'auto', stubborn: true }, [ASKS, WORK]);
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('made.txt'), 'by a model\n');
    assert.match(reasons(world)[0] ?? '', /works in mode "auto" and not in "default"/);
    assert.deepEqual(await world.prompts(), []);
  });

  it('that leaves open whether it asks is told twice, and then gets no work', async () => {
    const world = await claude({ mode: 'default' }, [[{ say: 'Done!' }, { end: 'end_turn' }]]);
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('made.txt'), 'by a model\n');
    assert.match(reasons(world)[0] ?? '', /nothing showed that it asks/);
    assert.equal((await world.prompts()).length, 2);
  });

  it('proves it once for all its agents of a session', async () => {
    const world = await workerSession({
      folder: folder.path,
      as: 'claude',
      habits: { mode: 'auto' },
      script: [[ASKS, [{ write: 'half.txt', text: 'half' }, { die: 1 }]], [WORK]],
      answer: ours,
    });
    assert.equal(await world.over(), 'completed');
    assert.equal(await world.file('made.txt'), 'by the CLI agent\n');
    const prompts = await world.prompts();
    assert.equal(prompts.filter(text => /shell command, exactly/.test(text)).length, 1);
  });
});

describe('the doctor of CLI agents', function () {
  this.timeout(60_000);
  const folder = tempFolder();

  async function greeted(name: string, habits: Habits, script: Script = []): Promise<WorkerDiagnosis> {
    const args = scriptedAgent(join(folder.path, `${name}.jsonl`), script, habits);
    const found = await diagnoseWorkers(
      { workers: { [name]: { command: process.execPath, args } } },
      { environment: process.env, workspace: folder.path, clock: systemClock, version: '0' },
      AbortSignal.timeout(30_000),
    );
    const one = found.find(({ worker }) => worker === name);
    assert.ok(one);
    return one;
  }

  it('says that a login is there when it told so itself', async () => {
    const { login, ms, message } = await greeted('claude', { mode: 'auto', auth: 'api_key' });
    assert.deepEqual([login, message], ['there', undefined]);
    assert.ok((ms ?? 0) > 0);
  });

  it('says that nobody is logged in, and with what one does', async () => {
    const { login, advice } = await greeted('claude', { mode: 'auto', auth: 'none' });
    assert.deepEqual([login, advice], ['none', 'Log in with: claude auth login']);
  });

  it('knows from an error that wants a login', async () => {
    const { login, advice, message } = await greeted('codex', { locked: true });
    assert.deepEqual([login, advice], ['none', 'Log in with: codex login']);
    assert.match(message ?? '', /Authentication required/);
  });

  it('knows from the models that are offered to everybody', async () => {
    const free = await greeted('opencode', { models: ['opencode/big-pickle', 'opencode/other'] });
    assert.deepEqual([free.login, free.advice], ['none', 'Log in with: opencode auth login']);
    const own = await greeted('opencode', { models: ['anthropic/claude-sonnet-5-5', 'opencode/big-pickle'] });
    assert.equal(own.login, 'there');
  });

  it('does not wait for one that says nothing', async () => {
    const { login, message } = await greeted('gemini', { mute: true });
    assert.equal(login, undefined);
    assert.match(message ?? '', /did not begin within 4\d{3} ms/);
  });
});
