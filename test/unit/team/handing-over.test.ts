import assert from 'node:assert/strict';
import type { RelPath } from '../../../src/protocol/ids.ts';
import { sha256 } from '../../support/memory-workspace.ts';
import { planOf } from '../../support/plans.ts';
import { finished, type Stage, TeamWorld } from '../../support/team-world.ts';

/** Writes as agents do, over a baseline that is known. */
async function change({ journal, files, job }: Stage, path: RelPath, content: string) {
  const before = files.text(path);
  const bytes = new TextEncoder().encode(before ?? '');
  const baseline = before === undefined ? null : await journal.putBlob(bytes);
  if (!journal.state.baselines.has(path)) journal.append({ type: 'baseline-taken', path, blob: baseline });
  const write = `w-${job.agent}-${path}-${journal.state.seq}`;
  const { agent, task } = job;
  const of = { agent, ...(task && { task: task.id }) };
  journal.append({
    type: 'write-intent',
    write,
    path,
    ...of,
    before: before === undefined ? null : sha256(before),
    after: sha256(content),
  });
  files.put(path, content);
  journal.append({ type: 'write-outcome', write, ok: true, reason: 'applied' });
}

async function publish({ journal, job }: Stage, artifact: string, text: string) {
  const bytes = new TextEncoder().encode(text);
  const of = { agent: job.agent, ...(job.task && { task: job.task.id }) };
  const blob = await journal.putBlob(bytes);
  journal.append({
    type: 'artifact-published',
    artifact,
    version: 1,
    ...of,
    mediaType: 'text/plain',
    blob,
    bytes: bytes.length,
  });
}

const promptOf = (world: TeamWorld, task: string, kind = 'implement') =>
  world.jobs.find(job => job.task?.id === task && job.kind === kind)?.prompt ?? assert.fail(`nobody did ${task}`);

describe('what is handed from task to task', () => {
  it('a small artifact of a task before is in the prompt, a large one is named', async () => {
    const large = 'much '.repeat(2000);
    const world = new TeamWorld({
      plan: planOf([
        { id: 'first', publishes: ['small', 'large', 'noted'] },
        { id: 'next', needs: ['first'], consumes: ['small', 'large'] },
      ]),
      script: async stage => {
        if (stage.job.task?.id !== 'first') return finished();
        await publish(stage, 'small', 'ids are numbers');
        await publish(stage, 'large', large);
        await publish(stage, 'noted', 'not asked for, and published by what it needs');
        return finished();
      },
    });
    assert.equal((await world.run()).outcome, 'completed');
    const prompt = promptOf(world, 'next');
    assert.match(
      prompt,
      /Artifacts it builds on, whole:\n- small \(version 1, text\/plain\):\n<data \w+>\nids are numbers\n<\/data/,
    );
    assert.match(prompt, /- noted \(version 1, text\/plain\):\n<data \w+>\nnot asked for/);
    assert.match(prompt, /Read these artifacts first:\n- large \(version 1, text\/plain\)/);
    assert.ok(!prompt.includes('much much'));
  });

  it('what tasks of a phase have done is told to who waits for the phase', async () => {
    const world = new TeamWorld({
      plan: planOf([
        { id: 'a', phase: 'setup' },
        { id: 'b', phase: 'setup' },
        { id: 'end', needs: [{ phase: 'setup' }] },
      ]),
      script: ({ job }) => finished(`${job.task?.id} is ready`),
    });
    await world.run();
    assert.match(promptOf(world, 'end'), /a is ready[\s\S]*b is ready/);
  });

  it('a reviewer is told the requirement and the differences, and not that it may write', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n}\n`);
    const world = new TeamWorld({
      files: { 'a.txt': lines.join('') },
      plan: planOf([{ id: 'work', instructions: 'Number ten is wrong.', writes: ['**'], review: {} }]),
      script: async stage => {
        if (stage.job.kind === 'review')
          return { outcome: 'finished', summary: 'fine', verdict: { approve: true, text: 'fine' } };
        await change(stage, 'a.txt', lines.with(10, 'ten\n').join(''));
        await change(stage, 'new.txt', 'new\n');
        return finished();
      },
    });
    await world.run();
    const prompt = promptOf(world, 'work', 'review');
    assert.match(prompt, /Number ten is wrong\./);
    assert.match(
      prompt,
      /--- a\/a\.txt\n\+\+\+ b\/a\.txt\n@@ -8,7 \+8,7 @@\n line 7\n line 8\n line 9\n-line 10\n\+ten\n line 11\n/,
    );
    assert.match(prompt, /--- \/dev\/null\n\+\+\+ b\/new\.txt\n@@ -0,0 \+1 @@\n\+new\n/);
    assert.ok(!prompt.includes('line 30'));
    assert.doesNotMatch(prompt, /You may write|others wait for them|when these checks pass/);
  });

  it('changes that are too long for a prompt are named, with the tool that shows them', async () => {
    const world = new TeamWorld({
      plan: planOf([{ id: 'work', writes: ['**'], review: {} }]),
      script: async stage => {
        if (stage.job.kind === 'review')
          return { outcome: 'finished', summary: 'fine', verdict: { approve: true, text: 'fine' } };
        await change(stage, 'long.txt', 'a line of some length\n'.repeat(2000));
        await change(stage, 'short.txt', 'short\n');
        return finished();
      },
    });
    await world.run();
    const prompt = promptOf(world, 'work', 'review');
    assert.match(prompt, /\+short\n/);
    assert.match(prompt, /see them with show_changes:\n- long\.txt/);
    assert.ok(prompt.length < 5000);
  });

  it('what the tasks before have changed is told as far as it is short, and not what the task may write itself', async () => {
    const world = new TeamWorld({
      files: { 'server.js': 'export const port = 80;\n' },
      plan: planOf([
        { id: 'server', writes: ['server.js', 'long.txt', 'contract.json'], publishes: ['contract'] },
        { id: 'other', writes: ['other.js'] },
        { id: 'page', writes: ['page.js'], needs: ['server'], consumes: ['contract'] },
        { id: 'port', writes: ['server.js'], needs: ['server', 'page'] },
      ]),
      script: async stage => {
        if (stage.job.task?.id === 'other') await change(stage, 'other.js', 'other\n');
        if (stage.job.task?.id !== 'server') return finished();
        await change(stage, 'server.js', 'export const port = 8080;\n');
        await change(stage, 'long.txt', 'a line of some length\n'.repeat(500));
        await change(stage, 'contract.json', '{"what others": "build on"}');
        await publish(stage, 'contract', '{"what others": "build on"}');
        return finished();
      },
    });
    await world.run();
    const prompt = promptOf(world, 'page');
    assert.match(
      prompt,
      /What they changed[^\n]*:\n<data (\w+)>\n--- a\/server\.js\n\+\+\+ b\/server\.js\n@@[^\n]*\n-export const port = 80;\n\+export const port = 8080;\n<\/data \1>/,
    );
    assert.equal(prompt.split('build on').length, 2, 'once: as the artifact');
    assert.match(prompt, /Files: server\.js, long\.txt/);
    assert.doesNotMatch(prompt, /a line of some length|\+other/);
    assert.doesNotMatch(promptOf(world, 'port'), /\+\+\+ b\/server\.js/);
  });
});
