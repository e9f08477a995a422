import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { completionScripts } from '../../src/terminal/completion.ts';
import { havePty, Pty } from '../support/pty.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const have = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe('Completion in the shell', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  /** A finished session, and the program under its own name on the PATH. */
  async function lab() {
    const { workspace, run, env, events } = await terminalLab(temp.path, ({ tools, messages }) => {
      const task = { id: 'front', title: 'The page', role: 'implementer', instructions: 'Do.', writes: ['**'] };
      if (tools.some(({ name }) => name === 'propose_plan'))
        return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [task] } }] };
      const write = { name: 'write_file', args: { path: 'notes.txt', content: 'x\n' } };
      const turn = messages.filter(({ role }) => role === 'assistant').length;
      return { toolCalls: [turn === 0 ? write : { name: 'finish_task', args: { summary: 'Done.' } }] };
    });
    assert.equal(await codeOf(run(process.execPath, [program, 'run', 'Do it', '--yes'])), 0);
    await writeFile(join(workspace, 'flow.yaml'), '');
    await mkdir(join(workspace, 'folder'));
    const bin = join(temp.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'orchestrate'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(join(bin, 'orchestrate'), 0o755);
    const [{ session }] = await events();
    return { workspace, session, bin, env: { ...env, PATH: `${bin}:${process.env.PATH}`, HOME: temp.path } };
  }

  it('knows commands, subcommands, options and their values, sessions, agents, tasks, files: in bash', async function () {
    if (!have('bash')) this.skip();
    const { workspace, env, session } = await lab();
    const offers = (...words: string[]) => {
      const typed = ['orchestrate', ...words].map(word => `'${word}'`).join(' ');
      const line = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _orchestrate; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const script = `${completionScripts.bash}\n${line}`;
      const said = execFileSync('bash', ['--norc', '-c', script], { cwd: workspace, env, encoding: 'utf8' });
      return said.split('\n').filter(Boolean);
    };
    assert.deepEqual(offers('re'), ['resume', 'retry', 'report', 'reject']);
    assert.deepEqual(offers('run', '--bud'), ['--budget']);
    assert.deepEqual(offers('run', '--accept', ''), ['all', 'none']);
    assert.deepEqual(offers('run', '--workflow', 'fl'), ['flow.yaml']);
    assert.deepEqual(offers('run', '--workspace', 'f'), ['folder']);
    assert.ok(offers('run', '--rehearse', 't').includes('todo'));
    assert.deepEqual(offers('queue', ''), [
      'add',
      'list',
      'history',
      'edit',
      'move',
      'hold',
      'release',
      'remove',
      'retry',
    ]);
    assert.deepEqual(offers('queue', 'add', 'Text', '--priority', 'h'), ['high']);
    assert.ok(offers('queue', 'add', 'Text', '--target', 'q').includes('qa-specialist'));
    assert.deepEqual(offers('completion', 'f'), ['fish']);
    assert.deepEqual(offers('status', ''), [session]);
    assert.deepEqual(offers('logs', '--agent', 'impl'), ['implementer-1']);
    assert.deepEqual(offers('retry', 'f'), ['front']);
    assert.deepEqual(offers('accept', 'not'), ['notes.txt']);
    assert.deepEqual(offers('accept', session, '').sort(), ['notes.txt']);
    assert.deepEqual(offers('reject', '--task', ''), ['front']);
    assert.deepEqual(offers('help', 'budg'), ['budget']);
    assert.deepEqual(offers('nonsense', ''), []);
  });

  it('does so in fish', async function () {
    if (!have('fish')) this.skip();
    const { workspace, env, session } = await lab();
    const offers = (line: string) => {
      const script = `${completionScripts.fish}\ncomplete -C '${line}'`;
      const said = execFileSync('fish', ['--no-config', '-c', script], { cwd: workspace, env, encoding: 'utf8' });
      return said.split('\n').flatMap(each => (each === '' ? [] : [each.split('\t')[0]]));
    };
    assert.deepEqual(offers('orchestrate ret'), ['retry']);
    assert.deepEqual(offers('orchestrate status '), [session]);
    assert.deepEqual(offers('orchestrate run --workflow fl'), ['flow.yaml']);
    assert.deepEqual(offers('orchestrate logs --agent impl'), ['implementer-1']);
  });

  it('does so in zsh, typed in a terminal', async function () {
    if (!havePty || !have('zsh')) this.skip();
    const { workspace, env } = await lab();
    await writeFile(
      join(temp.path, '.zshrc'),
      `PS1='ready> '\nautoload -Uz compinit && compinit -u\n${completionScripts.zsh}\n`,
    );
    const shell = new Pty(['zsh', '-i'], {
      cwd: workspace,
      env: { ...env, ZDOTDIR: temp.path },
      columns: 100,
      rows: 30,
    });
    try {
      await shell.shows(/^ready> *$/m);
      shell.type('orchestrate logs --agent impl\t');
      await shell.shows(/logs --agent implementer-1/);
      shell.type('\u0015orchestrate ret\t');
      await shell.shows(/^ready> orchestrate retry/m);
      shell.type('\u0015orchestrate run --workflow fl\t');
      await shell.shows(/--workflow flow\.yaml/);
    } finally {
      await shell.end();
    }
  });
});
