import assert from 'node:assert/strict';
import type { CommandRights, Sandbox } from '../../../src/core/ports.ts';
import { AttentionQueue } from '../../../src/core/team/attention.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { call, calls } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'Done.' }));
const command = (line: string, ...network: string[]) => calls(call('run_command', { command: line, network }));

/** Runs commands in a sandbox that only notes their rights, with a person who answers so to every question. */
async function asked(answer: 'once' | 'session' | 'deny', ...turns: ReturnType<typeof calls>[]) {
  const judge = (line: string) =>
    ({ verdict: line.startsWith('git') ? 'ask' : 'allow', rule: 'test', advice: '' }) as const;
  const world = new AgentWorld([...turns, finish], { judge });
  const rights: CommandRights[] = [];
  const sandbox: Sandbox = {
    standing: async () => ({ holds: true, by: 'a test' }),
    run: async (_, given) => {
      rights.push(given);
      const outcome = { ended: 'exit', exit: 0, output: '', omitted: 0, ms: 1 } as const;
      return {
        outcome,
        changes: [],
        refused: [],
        unreached: [],
        read: async () => new Uint8Array(),
        close: async () => {},
      };
    },
    hold: () => Promise.reject(new Error('no program is held here')),
    close: async () => {},
  };
  const { journal } = world;
  const attention = new AttentionQueue({ journal, newId: world.host.newId, present: () => true });
  journal.subscribe(event => {
    if (event.type !== 'permission-asked') return;
    const given = answer === 'deny' ? ({ decision: 'deny' } as const) : ({ decision: 'allow', scope: answer } as const);
    queueMicrotask(() => attention.answer(event.ask, given, 'user'));
  });
  Object.assign(world.host, { attention, holding: { sandbox, network: ['known.example'] } });
  await world.run();
  return { world, reached: rights.map(({ network }) => network), questions: journal.of('permission-asked') };
}

describe('Domains that a command asks for', () => {
  it('are asked about once for the session, each on its own, whatever command reaches them', async () => {
    const { reached, questions } = await asked(
      'session',
      command('npm ci', 'one.example'),
      command('npm ci', 'one.example', 'Two.example'),
      command('curl x', 'two.example', 'known.example'),
    );
    assert.deepEqual(
      questions.map(({ kind, what, rule, why }) => [kind, what, rule, why]),
      [
        ['tool', 'reach one.example', 'network: one.example', 'npm ci'],
        ['tool', 'reach two.example', 'network: two.example', 'npm ci'],
      ],
    );
    assert.equal(reached.length, 3);
  });

  it('are asked about again after an answer for once, and never allowed by one about another domain', async () => {
    const { questions } = await asked('once', command('npm ci', 'one.example'), command('npm ci', 'one.example'));
    assert.equal(questions.length, 2);
    const other = await asked('session', command('npm ci', 'one.example'), command('npm ci', 'evil.example'));
    assert.equal(other.questions.length, 2);
  });

  it('are asked about beside the command itself, where that asks, too', async () => {
    const { questions } = await asked('once', command('git fetch', 'one.example'));
    assert.deepEqual(
      questions.map(({ kind, rule }) => [kind, rule]),
      [
        ['command', 'test'],
        ['tool', 'network: one.example'],
      ],
    );
  });

  it('are named to the agent where they were refused, with what to do, and nothing is run', async () => {
    const { world, reached } = await asked('deny', command('npm ci', 'one.example'));
    assert.deepEqual(reached, []);
    assert.match(world.told(1), /Permission for reaching "one\.example" was denied, so it was not run\. Do without it/);
  });
});
