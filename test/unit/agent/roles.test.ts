import assert from 'node:assert/strict';
import { BUILT_IN_ROLES } from '../../../src/core/agent/prompts/roles.ts';
import { systemPrompt } from '../../../src/core/agent/prompts/system.ts';
import { readRoleFile } from '../../../src/core/agent/roles/role-file.ts';
import { loadRoles, type ProjectTexts } from '../../../src/core/agent/roles/roles.ts';
import { TOOL_NAMES } from '../../../src/core/agent/tools/toolset.ts';
import { Name } from '../../../src/protocol/ids.ts';

const textsOf = (files: Record<string, string>): ProjectTexts => ({
  list: async folder => Object.keys(files).filter(path => path.slice(0, path.lastIndexOf('/')) === folder),
  read: async (path, limit) => files[path]?.slice(0, limit),
});

const read = (text: string, path = '.orchestrate/agents/x.md') => readRoleFile({ path, text });
const told = (problems: { line: number; text: string }[]) => problems.map(({ line, text }) => `${line}: ${text}`);

describe('roles', () => {
  it('that are built in have names, real instructions, and only tools that exist', () => {
    const names = BUILT_IN_ROLES.map(role => role.name);
    assert.equal(new Set(names).size, names.length);
    for (const role of BUILT_IN_ROLES) {
      assert.ok(Name.safeParse(role.name).success);
      assert.ok(role.instructions.length > 300 && role.description.length > 20, role.name);
      for (const tool of role.tools ?? []) assert.ok(TOOL_NAMES.includes(tool));
    }
  });

  it('stand in a system prompt that is the same for all agents of a role in a session', () => {
    const [role] = BUILT_IN_ROLES;
    assert.ok(role);
    const prompt = systemPrompt(role, 'implement', 'Goal: a test.');
    assert.equal(systemPrompt({ ...role }, 'implement', 'Goal: a test.'), prompt);
    assert.match(prompt, /Your role: orchestrator\n/);
    // What all agents of a session share comes first, so that prompt caches hold it once.
    assert.match(prompt, /Goal: a test\.[\s\S]*Your role: orchestrator\n/);
  });

  it('name a CLI agent, and say nothing of how it is started', () => {
    const file = (header: string) => ({ path: 'x.md', text: `---\ndescription: d\n${header}\n---\nWork.\n` });
    const { role, problems } = readRoleFile(file('worker: claude'), { workers: new Set(['claude']) });
    assert.deepEqual([role?.worker, problems], ['claude', []]);
    const missing = readRoleFile(file('worker: codex'), { workers: new Set(['claude']) });
    assert.equal(missing.role?.worker, 'codex');
    assert.deepEqual(told(missing.problems), [
      '3: There is no CLI agent "codex" here that you have agreed to; models do the work instead.',
    ]);
    for (const header of ['worker: rm -rf /', 'worker: { command: evil }', 'worker: /bin/sh', 'worker: [claude]']) {
      const { role, problems } = readRoleFile(file(header));
      assert.equal(role?.worker, undefined, header);
      assert.match(told(problems)[0] ?? '', /^3: "worker" is the name of one CLI agent/, header);
    }
  });

  it('are read from our own files', () => {
    const { role, problems } = read(
      '---\nname: Data Engineer\ndescription: >\n  Moves\n  data\ntools: [read_file, run_command]\nroute:\n  - one/big\n  - two/small\neffort: high\nlongestAnswer: 64000\n---\n\nMove data.\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(role, {
      name: 'data-engineer',
      description: 'Moves data',
      instructions: 'Move data.',
      source: '.orchestrate/agents/x.md',
      tools: ['read_file', 'run_command', 'read_artifact', 'publish_artifact', 'note_decision', 'ask_user'],
      route: ['one/big', 'two/small'],
      effort: 'high',
      maxOutputTokens: 64_000,
    });
  });

  it('are read from Claude Code’s files', () => {
    const { role, problems } = read(
      '---\nname: code-reviewer\ndescription: Reviews code\ntools: Read, Grep, Bash(git diff:*), mcp__db__query\nmodel: sonnet\ncolor: blue\n---\nReview.',
      '.claude/agents/code-reviewer.md',
    );
    assert.deepEqual(role?.tools?.slice(0, 4), ['read_file', 'list_files', 'search', 'run_command']);
    assert.equal(role?.route, undefined);
    assert.deepEqual(told(problems), [
      '4: There is no tool like "mcp__db__query" here; it is passed over.',
      '5: "sonnet" is not written as "provider/model"; the usual routing is used instead.',
    ]);
    const all = read('---\ndescription: d\ndisallowedTools: Write, Edit, Bash\n---\nDo.', '.claude/agents/a.md');
    assert.ok(!all.role?.tools?.includes('write_file') && !all.role?.tools?.includes('run_command'));
    assert.ok(all.role?.tools?.includes('read_file'));
  });

  it('are read from GitHub’s and VS Code’s files', () => {
    const { role, problems } = read(
      "---\r\ndescription: Plans\r\ntools: ['read', 'search/codebase', \"edit/editFiles\", 'execute/*', 'web']\r\nmodel: ['GPT-5 (copilot)']\r\nhandoffs:\r\n  - label: Go\r\n---\r\nPlan it.\r\n",
      '.github/agents/planner.agent.md',
    );
    assert.equal(role?.name, 'planner');
    assert.deepEqual(role?.tools?.slice(0, 7), [
      'read_file',
      'list_files',
      'search',
      'edit_file',
      'write_file',
      'delete_file',
      'run_command',
    ]);
    assert.deepEqual(
      problems.map(problem => problem.line),
      [3, 4],
    );
    assert.equal(read('---\ndescription: d\ntools: ["*"]\n---\nx').role?.tools, undefined);
  });

  it('never bring keys, addresses or providers with them', () => {
    const text =
      '---\nname: spy\ndescription: d\nmodel: [evil/model, good/model]\napiKey: sk-1\nbaseUrl: https://example.org\n---\nx';
    const { role, problems } = readRoleFile({ path: 'r.md', text }, { providers: new Set(['good']) });
    assert.deepEqual(role?.route, ['good/model']);
    assert.deepEqual(
      problems.map(problem => problem.line),
      [5, 6, 4],
    );
    assert.ok(!JSON.stringify(role).includes('sk-1'));
    assert.ok(!JSON.stringify(role).includes('example.org'));
  });

  it('report every mistake with its line, and use what is right', () => {
    const { role, problems } = read(
      '---\nname: 7\ndescription: []\ntools: {a: 1}\neffort: huge\nspeed: fast\n---\nDo it.',
    );
    assert.equal(role?.name, 'x');
    assert.equal(role?.description, 'Do it.');
    assert.deepEqual(problems.map(problem => problem.line).sort(), [2, 3, 4, 5, 6]);
    assert.deepEqual(told(read('---\nname: [\n---\nDo it.').problems).length > 0, true);
    assert.equal(read('---\nname: a\nDo it.').role, undefined);
    assert.equal(read('---\nname: a\n---\n').role, undefined);
    assert.equal(read('Just do it.').role?.instructions, 'Just do it.');
  });

  it('survive headers made to hurt', () => {
    const bomb = ['a: &a [x, x]', ...Array.from({ length: 20 }, (_, n) => `b${n}: &b${n} [*a, *a]`)].join('\n');
    for (const header of [bomb, '- a\n- b', '!!js/function x: 1', '{', '? [a]\n: b', 'name: a\nname: b', '\t']) {
      const { problems } = read(`---\n${header}\n---\nx`);
      for (const problem of problems) assert.ok(problem.line >= 1);
    }
    assert.ok(
      (read(`---\nname: a\ndescription: d\n---\n${'x'.repeat(50_000)}`).role?.instructions.length ?? 0) <= 30_000,
    );
  });

  it('replace each other by folder: ours over GitHub’s over Claude’s over built-in ones', async () => {
    const role = (text: string) => `---\nname: reviewer\ndescription: d\n---\n${text}`;
    const files: Record<string, string> = {
      '.claude/agents/reviewer.md': role('claude'),
      '.github/agents/reviewer.agent.md': role('github'),
      '.github/agents/notes.md': role('not a role'),
      '.orchestrate/agents/a.md': role('ours'),
      '.orchestrate/agents/b.md': role('ours too'),
    };
    const { roles, problems } = await loadRoles(textsOf(files));
    assert.equal(roles.get('reviewer')?.instructions, 'ours');
    assert.ok(roles.get('architect'));
    assert.deepEqual(
      problems.map(problem => [problem.path, problem.severity]),
      [['.orchestrate/agents/b.md', 'error']],
    );
    delete files['.orchestrate/agents/a.md'];
    delete files['.orchestrate/agents/b.md'];
    assert.equal((await loadRoles(textsOf(files))).roles.get('reviewer')?.instructions, 'github');
  });
});
