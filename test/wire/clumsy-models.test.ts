import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
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

type Journaled = readonly { type: string; [field: string]: unknown }[];
/** Answers without a call, of whose kind the journal tells. */
const idle = (events: Journaled, code: string) =>
  events.filter(event => event.type === 'notice' && event.code === code);
interface Outcome {
  tool: unknown;
  ok: boolean;
  refusal?: string;
  output: { text: string };
}
const outcomes = (events: Journaled): Outcome[] => {
  const tools = new Map(events.flatMap(({ type, call, tool }) => (type === 'tool-intent' ? [[call, tool]] : [])));
  return events.flatMap(event =>
    event.type === 'tool-outcome' ? [{ ...(event as unknown as Outcome), tool: tools.get(event.call) }] : [],
  );
};

/** What the journal has to show, or the model did not have its habit. */
const SHOWN: Record<Habit, (events: Journaled, answers: readonly ScriptedAnswer[]) => boolean> = {
  'calls tools by other names and with other arguments': events =>
    outcomes(events).some(({ refusal }) => refusal === 'unknown-tool') &&
    outcomes(events).some(({ tool, refusal }) => tool === 'edit_file' && refusal === 'bad-arguments'),
  'edits sloppily': events =>
    outcomes(events).some(
      ({ tool, ok, output }) => tool === 'edit_file' && ok && /line numbers|indentation|space/.test(output.text),
    ),
  'stops early': events => idle(events, 'no-tool-call').length === 1,
  'says that it is done before it has begun': events =>
    outcomes(events).some(
      ({ tool, refusal, output }) =>
        tool === 'finish_task' && refusal === 'checks-failed' && output.text.includes('is -3, not 3'),
    ),
  'does the same again and again': events =>
    outcomes(events).filter(({ tool }) => tool === 'read_file').length > 3 &&
    events.some(({ type, trigger }) => type === 'supervision' && trigger === 'repeated-calls'),
  'answers with calls in text': (events, answers) =>
    answers.every(({ text, toolCalls }) => text !== undefined && toolCalls === undefined) &&
    outcomes(events).filter(({ ok }) => ok).length >= 3,
  'forgets to end': events => idle(events, 'no-tool-call').length === 1,
  'never ends': events => idle(events, 'no-tool-call').length >= 2,
};

async function session(habit: Habit): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
  try {
    const [model, answers] = [clumsyModel(habit), [] as ScriptedAnswer[]];
    const said = (request: CanonicalRequest) => {
      const answer = model(request);
      answers.push(answer);
      return answer;
    };
    const config = { permissions: { commands: { allow: ['node *'] } }, team: { approvePlan: false } };
    const { workspace, run, events } = await terminalLab(folder, said, { config });
    await mkdir(join(workspace, 'src'));
    await writeFile(join(workspace, 'package.json'), '{"type": "module"}');
    await writeFile(join(workspace, 'src', 'sum.js'), SUM);
    await writeFile(join(workspace, 'check.js'), CHECK);
    await writeFile(join(folder, 'plan.yaml'), stringify(plan));
    const code = await codeOf(
      run(process.execPath, [program, 'run', '--workflow', join(folder, 'plan.yaml'), '--yes']),
    );
    const journaled = await events();
    assert.ok(SHOWN[habit](journaled, answers), 'the habit did not show');
    const end = journaled.findLast(({ type }) => type === 'session-ended');
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
