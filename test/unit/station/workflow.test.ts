import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BUILT_IN_ROLES } from '../../../src/core/agent/prompts/roles.ts';
import { type ReadWorkflow, readWorkflow, type WorkflowFile } from '../../../src/core/station/workflow/read.ts';
import { renderWorkflow } from '../../../src/core/station/workflow/render.ts';
import { readMarkdown } from '../../../src/core/station/workflow/sources.ts';
import type { Workflow } from '../../../src/protocol/workflow.ts';

const page = readFileSync(new URL('../../../media/rehearsals/pipeline/multi-session-plan.md', import.meta.url), 'utf8');
const context = { roles: BUILT_IN_ROLES.map(({ name }) => name) };
const read = (...files: WorkflowFile[]) => readWorkflow(files, context);
const yaml = (text: string, file = 'plan.yaml') => read({ file, text });

function good(found: ReadWorkflow): Workflow {
  assert.ok(found.ok, JSON.stringify(found, null, 1));
  return found.workflow;
}
const problems = (found: ReadWorkflow) =>
  found.ok ? [] : found.problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
const needsOf = ({ tasks }: Workflow) => Object.fromEntries(tasks.map(({ id, needs }) => [id, needs]));

/** The blocks of the page, as they stand there. */
const blocks = readMarkdown('plan.md', page).sources.map(({ text }) => text.trimStart());
const expected = {
  codex: [],
  codex2: [],
  codex3: [],
  comet: ['codex2'],
  comet2: ['codex'],
  edu_dev: ['codex', 'codex2', 'codex3'],
  arch_qa: ['comet', 'comet2', 'edu_dev'],
  'prepare-arch_prod': [{ task: 'arch_qa', when: 'approved' }],
  arch_prod: ['prepare-arch_prod'],
};

describe('the multi-session plan', () => {
  it('is read from the Markdown page, whose headings give the phases and the pools', () => {
    const workflow = good(read({ file: 'plan.md', text: page }));
    assert.deepEqual(needsOf(workflow), expected);
    assert.deepEqual(workflow.phases, ['development', 'testing', 'review-deploy']);
    assert.deepEqual(workflow.pools.testing, { slots: 3, roles: ['comet', 'comet2', 'edu_dev'] });
    assert.equal(workflow.members.comet?.goodAt, 'UI/UX testing & bug discovery');
    assert.ok(workflow.deliver, 'its output is a feature branch');
    const live = workflow.tasks.find(({ id }) => id === 'arch_prod');
    assert.deepEqual(live?.kind === 'deploy' && live.environment, 'production');
  });

  it('means the same as three documents, and as three files', () => {
    assert.equal(blocks.length, 3);
    assert.deepEqual(needsOf(good(yaml(blocks.join('\n---\n')))), expected);
    const files = blocks.map((text, i) => ({ file: `part-${i + 1}.yml`, text }));
    assert.deepEqual(needsOf(good(read(...files))), expected);
  });

  it('is the same again after it was printed in the native form', () => {
    const workflow = good(read({ file: 'plan.md', text: page }));
    assert.deepEqual(good(yaml(renderWorkflow(workflow))), workflow);
  });

  it('has what is no workflow of it passed over, and a page without one refused', () => {
    const text = '# Plan\n```yaml\nother: thing\n```\n```bash\nworkflow:\n```\n';
    assert.deepEqual(problems(read({ file: 'p.md', text })), [
      'p.md:1:1 there is no workflow in it: write tasks, or workflow: with a list of sessions',
    ]);
  });
});

describe('a list of sessions', () => {
  const on = (trigger: string) =>
    yaml(
      `workflow:\n  - session: codex\n    task: Build it\n  - session: codex2\n    task: Build more\n  - session: arch_qa\n    task: Review it\n    triggers_on: ${trigger}\n`,
    );
  const needs = (trigger: string) => needsOf(good(on(trigger))).arch_qa;

  it('waits for sessions, phases, approvals and failures in the words that people use', () => {
    assert.deepEqual(needs('codex completion'), ['codex']);
    assert.deepEqual(needs('Codex2 is done'), ['codex2']);
    assert.deepEqual(needs('after codex'), ['codex']);
    assert.deepEqual(needs('codex completion and codex2 completion'), ['codex', 'codex2']);
    assert.deepEqual(needs('[codex complete, codex2 complete]'), ['codex', 'codex2']);
    assert.deepEqual(needs('all development complete'), ['codex', 'codex2']);
    assert.deepEqual(needs('all dev done'), ['codex', 'codex2']);
    assert.deepEqual(needs('development complete'), ['codex', 'codex2']);
    assert.deepEqual(needs('codex approval'), [{ task: 'codex', when: 'approved' }]);
    assert.deepEqual(needs('codex failure'), [{ task: 'codex', when: 'failed' }]);
  });

  it('says with line and column what it does not understand, and what is near', () => {
    assert.deepEqual(problems(on('codx completion')), [
      'plan.yaml:8:5 triggers_on: there is no session "codx" to wait for; did you mean "codex"?',
    ]);
    assert.match(problems(on('when the moon is full'))[0] ?? '', /^plan.yaml:8:5 triggers_on: .*is not understood/);
    assert.match(problems(on('all testing complete'))[0] ?? '', /there is no phase "testing" to wait for/);
    assert.match(problems(on('all develpment complete'))[0] ?? '', /did you mean "development"/);
    assert.match(
      problems(on('arch_qa completion'))[0] ?? '',
      /^plan.yaml:8:5 triggers_on: "arch_qa" is this session itself/,
    );
    const wrong = yaml('workflow:\n  - sesion: codex\n    task: x\n');
    assert.match(problems(wrong).join('\n'), /plan.yaml:2:5 "sesion" is not known here; did you mean "session"\?/);
  });

  it('has places of a Markdown page in the page', () => {
    const text = `# Plan\n\n\`\`\`yaml\nworkflow:\n  - session: a\n    task: x\n    triggers_on: b completion\n\`\`\`\n`;
    assert.match(problems(read({ file: 'p.md', text }))[0] ?? '', /^p.md:7:5 /);
  });

  it('refuses sessions that wait for one another', () => {
    const text =
      'workflow:\n  - session: a\n    task: x\n    triggers_on: b completion\n  - session: b\n    task: y\n    triggers_on: a completion\n';
    assert.match(problems(yaml(text)).join('\n'), /none of them could ever start/);
  });

  it('gives a session that has two tasks each its own name, and waits for the later one', () => {
    const text =
      'workflow:\n  - session: a\n    task: x\n  - session: a\n    task: y\n  - session: b\n    task: z\n    triggers_on: a completion\n';
    assert.deepEqual(needsOf(good(yaml(text))), { a: [], 'a-2': [], b: ['a-2'] });
  });
});

describe('a native workflow', () => {
  const plan = 'goal: g\ntasks:\n  - {id: a, title: A, role: implementer, instructions: do it}\n';

  it('is a plan with what it is told and when it runs', () => {
    const workflow = good(
      yaml(
        `${plan}inputs:\n  version: {description: which}\non:\n  - schedule: {cron: "0 7 * * *", zone: Europe/Zurich}\n`,
      ),
    );
    assert.equal(workflow.name, 'plan');
    assert.equal(workflow.inputs.version?.type, 'text');
    assert.equal(workflow.concurrency, 1);
  });

  it('says what it does not know, where, and what is near', () => {
    assert.match(
      problems(yaml(`${plan}concurency: 2\n`))[0] ?? '',
      /plan.yaml:4:1 "concurency".*did you mean "concurrency"\?/,
    );
    assert.match(problems(yaml(plan.replace('implementer', 'implementor')))[0] ?? '', /there is no role "implementor"/);
    const braces = problems(
      yaml('goal: g\ntasks:\n  - { id: a, title: A, role: implementer, instructions: Do {{what}} }\n'),
    );
    assert.equal(braces.length, 1, 'the first mistake of a line, not all that follows from it');
    assert.match(braces[0] ?? '', /plan.yaml:3:\d+ .*write text that holds \{\{…\}\} in quotes/);
  });
});
