import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { type ProblemCode, problemText } from '../../../src/core/plan/problem.ts';

const ROLES = ['orchestrator', 'frontend-specialist', 'backend-specialist', 'qa-specialist', 'reviewer'];
const context = { roles: ROLES, budgetUsd: 1 };

function problems(text: string) {
  const parsed = parsePlan(text, context);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(problem => problemText(problem, 'plan.yaml'));
}

function codes(text: string): ProblemCode[] {
  const parsed = parsePlan(text, context);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(problem => problem.code);
}

/** One agent task on one line, with what a test wants different. */
const agent = (id: string, rest = '') =>
  `  - {id: ${id}, title: T, role: backend-specialist, instructions: Do it${rest === '' ? '' : `, ${rest}`}}`;
const plan = (...tasks: string[]) => ['goal: A todo list', 'tasks:', ...tasks].join('\n');

describe('a plan that cannot run', () => {
  it('is refused for a mistake in the YAML, with line and column', () => {
    assert.deepEqual(problems('goal: x\ntasks:\n  - id: "a\n'), ['plan.yaml:4:1: Missing closing "quote']);
  });

  it('is refused when a key stands twice', () => {
    assert.deepEqual(problems('goal: x\ngoal: y\ntasks: []'), ['plan.yaml:2:1: Map keys must be unique']);
  });

  it('is refused when aliases unfold to a billion nodes', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 0; i < 9; i++) {
      const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]`);
    }
    assert.deepEqual(codes(bomb.join('\n')), ['syntax']);
  });

  it('is refused when there is more than one document', () => {
    assert.match(problems(`${plan(agent('a'))}\n---\ngoal: y`)[0] ?? '', /plan\.yaml:4:1: one file holds one plan/);
  });

  for (const [name, text, expected] of [
    ['empty', '', 'plan.yaml:1:1: the plan is empty'],
    ['a list', '- a', 'plan.yaml:1:1: a plan is a map with goal and tasks'],
    ['a word', 'hello', 'plan.yaml:1:1: a plan is a map with goal and tasks'],
  ] as const) {
    it(`is refused when it is ${name}`, () => assert.deepEqual(problems(text), [expected]));
  }

  it('names every missing key, not only the first', () => {
    assert.deepEqual(problems('tasks:\n  - id: a'), [
      'plan.yaml:1:1: goal is missing',
      'plan.yaml:2:5: tasks[0].title is missing',
      'plan.yaml:2:5: tasks[0].role is missing',
      'plan.yaml:2:5: tasks[0].instructions is missing',
    ]);
  });

  it('has no tasks', () => assert.deepEqual(problems('goal: x\ntasks: []'), ['plan.yaml:2:1: tasks is empty']));

  for (const goal of ['""', '"  \\n "']) {
    it(`has the goal ${goal}`, () => {
      assert.deepEqual(codes(plan(agent('a')).replace('A todo list', goal)), ['empty-goal']);
    });
  }

  it('has a goal that is a number', () => {
    assert.deepEqual(problems(plan(agent('a')).replace('A todo list', '7')), [
      'plan.yaml:1:1: goal must be text, not a number',
    ]);
  });

  it('misspells a key, and is told which one was meant', () => {
    assert.deepEqual(problems(plan(agent('a', 'priorty: high'))), [
      'plan.yaml:3:70: "priorty" is not known here; did you mean "priority"?',
    ]);
  });

  it('misspells a kind', () => {
    assert.deepEqual(problems(plan('  - {id: a, title: T, kind: comand, run: npm test}')), [
      'plan.yaml:3:23: tasks[0].kind must be agent, command, check, approval or deploy; did you mean "command"?',
    ]);
  });

  it('gives a command task what only agent tasks have', () => {
    assert.deepEqual(problems(plan('  - {id: a, title: T, kind: command, run: npm test, writes: [x]}')), [
      'plan.yaml:3:53: "writes" is not known here; known are kind, id, title, phase, needs, priority, optional, run, timeoutSeconds',
    ]);
  });

  it('misspells a priority', () => {
    assert.deepEqual(problems(plan(agent('a', 'priority: hihg'))), [
      'plan.yaml:3:70: tasks[0].priority must be "high", "medium" or "low" or a number',
    ]);
  });

  it('has a priority beyond 10', () => {
    assert.deepEqual(codes(plan(agent('a', 'priority: 11'))), ['wrong-value']);
  });

  it('has a check that is none, and is told the kinds there are', () => {
    assert.deepEqual(problems(plan(agent('a', 'checks: [{exist: [x]}]'))), [
      'plan.yaml:3:79: tasks[0].checks[0] must be {run: …}, {exists: …} or {artifact: …}; did you mean "exists"?',
    ]);
  });

  it('has a check with a key too many', () => {
    assert.deepEqual(problems(plan(agent('a', 'checks: [{run: npm test, timeout: 3}]'))), [
      'plan.yaml:3:95: "timeout" is not known here; did you mean "timeoutSeconds"?',
    ]);
  });

  it('has a need that is no need', () => {
    assert.deepEqual(codes(plan(agent('a', 'needs: [3, {tasks: b}]'))), ['wrong-value', 'wrong-value']);
  });

  it('has an id with blanks', () => {
    assert.match(problems(plan(agent('"my task"')))[0] ?? '', /tasks\[0\]\.id: use letters, digits/);
  });

  it('uses an id twice', () => {
    assert.deepEqual(problems(plan(agent('a'), agent('a'))), [
      'plan.yaml:4:6: "a" is already the id of tasks[0]; give each task its own',
    ]);
  });

  it('needs a task that is not there', () => {
    assert.deepEqual(problems(plan(agent('backend'), agent('page', 'needs: [backnd]'))), [
      'plan.yaml:4:81: there is no task "backnd"; did you mean "backend"?',
    ]);
  });

  it('needs phases and pools that are not there', () => {
    assert.deepEqual(codes(plan(agent('a', 'needs: [{phase: dev}, {pool: fast}]'))), ['unknown-phase', 'unknown-pool']);
  });

  it('puts a task into a phase or pool that is not there', () => {
    const text = `phases: [setup, development]\npools: {development: {slots: 2}}\n${plan(agent('a', 'phase: develop, pool: dev'))}`;
    assert.deepEqual(codes(text), ['empty-group', 'unknown-phase', 'unknown-pool']);
  });

  it('asks for roles that are not there', () => {
    const text = plan('  - {id: a, title: T, role: backend, instructions: I, review: {role: revewer}}');
    assert.deepEqual(problems(text), [
      'plan.yaml:3:23: there is no role "backend"; did you mean "backend-specialist"?',
      'plan.yaml:3:64: there is no role "revewer"; did you mean "reviewer"?',
    ]);
  });

  it('sends a role to a pool that does not serve it', () => {
    const text = `pools: {ui: {slots: 1, roles: [frontend-specialist]}}\n${plan(agent('a', 'pool: ui'))}`;
    assert.deepEqual(codes(text), ['role-not-in-pool']);
  });

  it('goes in a circle, and the circle is named', () => {
    const text = plan(agent('a', 'needs: [c]'), agent('b', 'needs: [a]'), agent('c', 'needs: [b]'));
    assert.match(problems(text)[0] ?? '', /plan\.yaml:3:70: a → c → b → a: none of them could ever start/);
  });

  it('has a task that needs itself', () => {
    assert.match(problems(plan(agent('a', 'needs: [a]')))[0] ?? '', /: a → a: none/);
  });

  it('has a task that waits for the end of its own phase', () => {
    const text = plan(agent('a', 'phase: build, needs: [{phase: build}]'));
    assert.match(problems(text)[0] ?? '', /: a → phase build → a: none/);
  });

  it('goes in two circles, and both are named', () => {
    const text = plan(agent('a', 'needs: [b]'), agent('b', 'needs: [a]'), agent('c', 'needs: [c]'));
    assert.deepEqual(codes(text), ['cycle', 'cycle']);
  });

  for (const [left, right] of [
    ['src/**', 'src/app.ts'],
    ['src/*.ts', 'src/a*'],
    ['public/', 'public/index.html'],
    ['{server,shared}/**', 'shared/types.ts'],
    ['**/*.md', 'docs/**'],
    ['README.md', 'readme.md'],
    ['./a.ts', 'a.ts'],
  ]) {
    it(`lets two tasks that may run side by side write ${left} and ${right}`, () => {
      const text = plan(
        agent('a', `writes: ["${left}"], checks: [{run: x}]`),
        agent('b', `writes: ["${right}"], checks: [{run: x}]`),
      );
      assert.deepEqual(codes(text), ['overlapping-writes']);
    });
  }

  for (const glob of ['/etc/passwd', '../x', 'a/../../x', 'C:/x', 'src\\\\x', '!src/**', '.']) {
    it(`claims ${glob}`, () => {
      assert.deepEqual(codes(plan(agent('a', `writes: ["${glob}"], checks: [{run: x}]`))), ['bad-path']);
    });
  }

  it('consumes what nobody publishes', () => {
    assert.deepEqual(
      problems(plan(agent('a', 'publishes: [todo-api]'), agent('b', 'needs: [a], consumes: [todo-ap]'))),
      ['plan.yaml:4:93: no task publishes "todo-ap"; did you mean "todo-api"?'],
    );
  });

  it('consumes what may be published too late', () => {
    assert.deepEqual(problems(plan(agent('a', 'publishes: [api]'), agent('b', 'consumes: [api]'))), [
      'plan.yaml:4:81: "b" uses "api" but may start before it is published; add needs: [a]',
    ]);
  });

  it('publishes an artifact from two tasks at once', () => {
    assert.deepEqual(codes(plan(agent('a', 'publishes: [api]'), agent('b', 'publishes: [api]'))), [
      'artifact-published-twice',
    ]);
  });

  it('checks an artifact that nobody publishes', () => {
    const text = plan(agent('a'), '  - {id: c, title: T, kind: check, needs: [a], checks: [{artifact: api}]}');
    assert.deepEqual(codes(text), ['artifact-unpublished']);
  });

  it('matches an artifact with nothing', () => {
    const text = plan(agent('a', 'publishes: [api], checks: [{artifact: api, matches: {}}]'));
    assert.deepEqual(codes(text), ['wrong-value']);
  });

  it('asks to accept changes that come later, or of a task that makes none', () => {
    const approval = '  - {id: ok, title: T, kind: approval, changes: [a, b, c]}';
    const text = plan(agent('a', 'writes: [x], checks: [{run: x}]'), agent('b'), approval);
    assert.deepEqual(codes(text), ['changes-not-ordered', 'nothing-to-accept', 'unknown-task']);
  });

  it('waits for a task both to complete and to fail', () => {
    const text = plan(agent('a'), agent('b', 'needs: [a, {task: a, when: failed}]'));
    assert.deepEqual(codes(text), ['contradicting-needs']);
  });

  it('tells mistakes of shape and of meaning together, in the order of the text', () => {
    const text = [
      'goal: ""',
      'tasks:',
      '  - {id: a, title: T, role: nobody, instructions: I}',
      '  - {id: b, title: T, role: reviewer}',
      '  - {id: c, title: T, role: reviewer, instructions: I, needs: [b, d]}',
    ].join('\n');
    assert.deepEqual(codes(text), ['empty-goal', 'unknown-role', 'missing', 'unknown-task']);
  });
});

describe('a plan that can run', () => {
  it('may be JSON', () => {
    const parsed = parsePlan(
      '{"goal": "x", "tasks": [{"id": "a", "title": "T", "role": "reviewer", "instructions": "I"}]}',
      context,
    );
    assert.ok(parsed.ok);
    assert.equal(parsed.plan.tasks[0]?.priority, 'medium');
  });

  it('lets tasks write the same files one after the other, through tasks, phases and pools', () => {
    const text = [
      'pools: {build: {slots: 2, roles: [backend-specialist]}}',
      plan(
        agent('a', 'phase: one, writes: [src/**], checks: [{run: x}]'),
        '  - {id: b, title: T, role: reviewer, instructions: I, needs: [{phase: one}], writes: [src/x.ts], checks: [{run: x}]}',
        '  - {id: c, title: T, role: qa-specialist, instructions: I, needs: [b, {pool: build}], writes: [src/**], checks: [{run: x}]}',
      ),
    ].join('\n');
    assert.deepEqual(problems(text), []);
  });

  it('is warned of work that nothing proves, unless a check comes after it', () => {
    assert.deepEqual(codes(plan(agent('a', 'writes: [x]'))), ['no-proof']);
    const check = '  - {id: c, title: T, kind: command, run: npm test, needs: [b]}';
    assert.deepEqual(codes(plan(agent('a', 'writes: [x]'), agent('b', 'needs: [a]'), check)), []);
  });

  it('is warned when its end hangs on an optional task', () => {
    assert.deepEqual(codes(plan(agent('a', 'optional: true'), agent('b', 'needs: [a]'))), ['needs-optional']);
    assert.deepEqual(codes(plan(agent('a', 'optional: true'), agent('b', 'needs: [{task: a, when: ended}]'))), []);
  });

  it('is warned when its tasks may spend more than the session has', () => {
    assert.deepEqual(codes(plan(agent('a', 'budgetUsd: 0.8'), agent('b', 'budgetUsd: 0.4'))), ['over-budget']);
  });
});
