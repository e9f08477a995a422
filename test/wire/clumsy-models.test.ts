import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CHECK, clumsyModel, type Habit, habits, SUM } from '../support/clumsy/models.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const plan = {
  goal: 'The sum adds up',
  tasks: [
    {
      id: 'sum',
      title: 'Mend the sum',
      role: 'implementer',
      instructions: 'sum in src/sum.js subtracts; it has to add.',
      writes: ['src/**'],
      checks: [{ run: 'node check.js' }],
    },
  ],
};

/** With a cause that helps whoever reads it. */
const FAILS: Partial<Record<Habit, RegExp>> = {
  'never ends':
    /answered in words and called no tool, and without tools no work gets done\. Another model may do better/,
};

async function session(habit: Habit): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
  try {
    const config = { permissions: { commands: { allow: ['node *'] } }, team: { approvePlan: false } };
    const { workspace, run, events } = await terminalLab(folder, clumsyModel(habit), { config });
    await mkdir(join(workspace, 'src'));
    await writeFile(join(workspace, 'package.json'), '{"type": "module"}');
    await writeFile(join(workspace, 'src', 'sum.js'), SUM);
    await writeFile(join(workspace, 'check.js'), CHECK);
    await writeFile(join(folder, 'plan.yaml'), stringify(plan));
    const code = await codeOf(
      run(process.execPath, [program, 'run', '--workflow', join(folder, 'plan.yaml'), '--yes']),
    );
    const end = (await events()).findLast(({ type }) => type === 'session-ended');
    const cause = FAILS[habit];
    assert.equal(code, cause ? 1 : 0, end?.reason);
    if (cause) assert.match(end?.reason, cause);
    else assert.match(await readFile(join(workspace, 'src', 'sum.js'), 'utf8'), /total \+= each/);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a session with a model that', function () {
  this.timeout(120_000);
  after(endServers);
  sideBySide(
    2,
    habits.map(habit => ({ title: habit, run: () => session(habit) })),
  );
});
