import assert from 'node:assert/strict';
import type { Severity } from '../../../src/protocol/events.ts';
import type { Hash, RelPath } from '../../../src/protocol/ids.ts';
import { planOf } from '../../support/plans.ts';
import { finished, type Script, type Stage, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const reviewed = (rounds = 3) => planOf([{ id: 'a', writes: ['a.txt'], review: { role: 'reviewer', rounds } }]);

/** A reviewer who finds these things, one list for each review. */
function reviewer(stage: Stage, findings: Severity[][], approve?: boolean) {
  const { agent, task } = stage.job;
  const nth = Number(agent.split('-').at(-1));
  const found = findings[nth - 1] ?? [];
  for (const [i, severity] of found.entries()) {
    const text = `${severity} ${nth}.${i}`;
    stage.append({
      type: 'finding-added',
      finding: `f${nth}.${i}`,
      agent,
      task: task?.id ?? '',
      severity,
      text,
      path: 'a.txt',
      line: 3,
    });
  }
  const verdict = { approve: approve ?? !found.includes('blocker'), text: 'seen' };
  stage.append({ type: 'verdict', agent, task: task?.id ?? '', ...verdict });
  return { outcome: 'finished' as const, summary: 'seen', verdict };
}

const reviews =
  (findings: Severity[][], approve?: boolean): Script =>
  stage =>
    stage.job.kind === 'review' ? reviewer(stage, findings, approve) : finished(`work of ${stage.job.agent}`);

const world = (options: TeamWorldOptions) => new TeamWorld(options);
const kinds = (of: TeamWorld) => of.journal.state.tasks.get('a')?.rounds.map(({ kind, round }) => `${kind} ${round}`);

describe('rounds of review', () => {
  it('end at once when nothing is found', async () => {
    const team = world({ plan: reviewed(), script: reviews([[]]) });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'review 1']);
  });

  it('send a blocker back until a fresh reviewer finds it no more', async () => {
    const team = world({ plan: reviewed(), script: reviews([['blocker', 'minor'], ['blocker'], []]) });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'review 1', 'fix 2', 'review 2', 'fix 3', 'review 3']);
    assert.deepEqual(
      team.started.map(s => s.split(' ')[1]),
      ['implement', 'review', 'implement', 'review', 'implement', 'review'],
    );
    // One agent builds and mends; each review is somebody else's.
    assert.equal(new Set(team.jobs.map(job => job.agent)).size, 4);
    assert.deepEqual(
      team.jobs.map(job => job.followUp !== undefined),
      [false, false, true, false, true, false],
    );
    assert.match(team.jobs[2]?.followUp ?? '', /^Your work was not accepted yet.*\n\nFindings of the review:\n- f1.0/);
    assert.deepEqual(
      team.journal.of('finding-resolved').map(({ finding, by }) => `${finding} by ${by}`),
      ['f1.0 by reviewer-2', 'f2.0 by reviewer-3'],
    );
    assert.deepEqual(
      team.journal.of('round-ended').map(e => e.openBlockers),
      [0, 1, 0, 1, 0, 0],
    );
  });

  it('take a lesser finding for mended only where its file was written since, and a note never', async () => {
    const hash = (name: string) => name.repeat(64) as Hash;
    const wrote = (stage: Stage, content: string): void => {
      const { agent, task } = stage.job;
      const about = { write: `w-${content}`, path: 'a.txt' as RelPath, agent, ...(task && { task: task.id }) };
      stage.append({ type: 'write-intent', ...about, before: null, after: hash(content) });
      stage.append({ type: 'write-outcome', write: about.write, ok: true, reason: 'applied' });
    };
    for (const mends of [true, false]) {
      let works = 0;
      const team = world({
        plan: reviewed(),
        script: stage => {
          if (stage.job.kind === 'review') return reviewer(stage, [['blocker', 'minor', 'note'], []]);
          if (works++ === 0) wrote(stage, 'a');
          else if (mends) wrote(stage, 'b');
          return finished();
        },
      });
      assert.equal((await team.run()).outcome, 'completed');
      assert.deepEqual(
        team.journal.of('finding-resolved').map(({ finding }) => finding),
        mends ? ['f1.0', 'f1.1'] : ['f1.0'],
      );
      const again = team.jobs.findLast(({ kind }) => kind === 'review')?.prompt ?? '';
      assert.match(again, /Findings of earlier rounds[\s\S]*f1\.1[\s\S]*Noted in earlier rounds[\s\S]*f1\.2/);
    }
  });

  it('do not end over what only annoys', async () => {
    const team = world({ plan: reviewed(), script: reviews([['major', 'minor', 'note']]) });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'review 1']);
  });

  it('take a disapproving verdict for a blocker although none was named as such', async () => {
    let calls = 0;
    const team = world({
      plan: reviewed(),
      script: stage => (stage.job.kind === 'review' ? reviewer(stage, [['major'], []], calls++ > 0) : finished()),
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'review 1', 'fix 2', 'review 2']);
  });

  it('tell the fixer what was found and where, and the next reviewer what to look at again', async () => {
    const team = world({ plan: reviewed(), script: reviews([['blocker'], []]) });
    await team.run();
    assert.match(team.jobs[2]?.prompt ?? '', /f1\.0 \(blocker\) in a\.txt:3: blocker 1\.0/);
    assert.match(team.jobs[2]?.prompt ?? '', /work of worker-1/);
    assert.match(team.jobs[3]?.prompt ?? '', /Look at each.*\n- f1\.0 \(blocker\)/);
    assert.deepEqual(
      team.jobs.map(job => job.claims),
      [['a.txt'], [], ['a.txt'], []],
    );
  });

  it('give the reviewer another vendor than the writer, where there is one', async () => {
    const team = world({ plan: reviewed(), script: reviews([[]]) });
    await team.run();
    assert.deepEqual(
      team.jobs.map(job => job.route),
      [
        ['anthropic/big', 'openai/big'],
        ['openai/big', 'anthropic/big'],
      ],
    );
  });

  it('are used up sometime: then another provider, then the orchestrator does it, and last it fails', async () => {
    const always: Severity[][] = Array.from({ length: 20 }, () => ['blocker']);
    const team = world({ plan: reviewed(2), script: reviews(always) });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(
      team.rungs().map(({ rung, trigger }) => `${rung}: ${trigger}`),
      ['other-provider: rounds-used-up', 'escalation: rounds-used-up'],
    );
    assert.equal(team.journal.state.tasks.get('a')?.note, '1 blocking finding is open after 2 review rounds');
    assert.deepEqual(
      team.jobs.filter(job => job.kind !== 'review').map(job => `${job.kind} ${job.role.name} ${job.route[0]}`),
      [
        'implement worker anthropic/big',
        'implement worker anthropic/big',
        'implement worker openai/big',
        'implement worker openai/big',
        'escalation orchestrator anthropic/best',
        'escalation orchestrator anthropic/best',
      ],
    );
  });

  it('go on with another reviewer when one gives up', async () => {
    const team = world({
      plan: reviewed(),
      script: stage => {
        if (stage.job.kind !== 'review') return finished();
        if (stage.job.agent !== 'reviewer-2') return { outcome: 'gave-up', reason: 'no-finish', message: 'lost' };
        return reviewer(stage, []);
      },
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'review 1', 'review 1']);
    assert.equal(team.journal.state.tasks.get('a')?.attempt, 1);
    assert.deepEqual(
      team.rungs().map(({ rung }) => rung),
      ['fresh-attempt'],
    );
  });
});

describe('checks', () => {
  const plan = planOf([{ id: 'a', writes: ['a.txt'], checks: [{ run: 'npm test' }, { exists: ['a.txt'] }] }]);

  it('prove that a task is done, and count its tests', async () => {
    const team = world({
      plan,
      files: { 'a.txt': 'x' },
      commands: () => ({ output: '  3 passing (2ms)\n' }),
    });
    assert.equal((await team.run()).outcome, 'completed');
    const [run, exists] = team.journal.of('check-ended');
    assert.deepEqual(
      [run?.ok, run?.exit, run?.tests],
      [true, 0, { passed: 3, failed: 0, skipped: 0, runners: ['mocha'] }],
    );
    assert.equal(exists?.ok, true);
  });

  it('catch a task that claims success, and send it back with their output', async () => {
    let runs = 0;
    const team = world({
      plan,
      files: { 'a.txt': 'x' },
      commands: () => (++runs === 1 ? { exit: 1, output: 'expected 1, got 2' } : {}),
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(kinds(team), ['implement 1', 'fix 2']);
    assert.match(team.jobs[1]?.prompt ?? '', /npm test \(exit code 1\)\n<data [0-9a-f]+>\nexpected 1, got 2\n<\/data/);
  });

  it('that never pass lead up the ladder and to failure, not to an endless loop', async () => {
    const team = world({ plan, commands: () => ({ exit: 1 }) });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(
      team.rungs().map(({ rung, trigger }) => `${rung}: ${trigger}`),
      ['other-provider: checks-failed', 'escalation: checks-failed'],
    );
    assert.equal(team.commands.length, 3 * 4);
  });

  it('do not take an empty or missing file for one that exists', async () => {
    const exists = planOf([{ id: 'a', kind: 'check', checks: [{ exists: ['empty', 'none', '../out'] }] }]);
    const team = world({ plan: exists, files: { empty: '' } });
    await team.run();
    assert.equal(
      team.journal.of('check-ended')[0]?.output?.text,
      'empty: is empty\nnone: is missing\n../out: outside-workspace',
    );
  });

  it('hold a file against the schema that was published', async () => {
    const contract = planOf([
      { id: 'api', publishes: ['todo'] },
      { id: 'a', needs: ['api'], checks: [{ artifact: 'todo', matches: { file: 'todo.json' } }] },
    ]);
    const team = world({
      plan: contract,
      files: { 'todo.json': '[{"id": "1"}]' },
      script: async ({ job, journal, files }) => {
        const { agent, task } = job;
        if (task?.id === 'api') {
          const schema = new TextEncoder().encode(
            '{"type": "array", "items": {"properties": {"id": {"type": "integer"}}}}',
          );
          const blob = await journal.putBlob(schema);
          journal.append({
            type: 'artifact-published',
            artifact: 'todo',
            version: 1,
            agent,
            task: 'api',
            mediaType: 'application/schema+json',
            blob,
            bytes: schema.length,
          });
        }
        if (job.followUp !== undefined) files.put('todo.json', '[{"id": 1}]');
        return finished();
      },
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.match(team.jobs[2]?.prompt ?? '', /Instance type "string" is invalid/);
  });

  it('are refused where the policy forbids the command', async () => {
    const team = world({
      plan: planOf([{ id: 'c', kind: 'check', checks: [{ run: 'rm -rf /' }] }]),
      judge: () => ({ verdict: 'deny', rule: 'no rm', advice: 'Do not.' }),
    });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(team.commands, []);
    assert.deepEqual(
      team.journal.of('permission-denied').map(e => e.rule),
      ['no rm'],
    );
  });
});
