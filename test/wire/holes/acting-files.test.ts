import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ScriptedCall } from '../../../src/rehearsal/wire/types.ts';
import { command, type HoleCase, holes, playHoles } from '../../support/hole-lab.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';
import { program } from '../../support/terminal-lab.ts';
import { endServers } from '../../support/wire.ts';

const tool = (name: string, args: Record<string, unknown>): ScriptedCall => ({ name, args });
const write = (path: string, content = '{"x": 1}\n') => tool('write_file', { path, content });
const stops = (call: ScriptedCall, path: string): HoleCase => ({
  tries: `${call.name} ${path}`,
  call,
  rule: 'runs-by-itself',
});
const works = (path: string): HoleCase => ({ tries: `write_file ${path}`, call: write(path), ends: 'ok' });

/** Their reading is free, so that an edit gets as far as the question. */
const there = {
  '.vscode/settings.json': '{}',
  '.vscode/tasks.json': '{}',
  '.github/workflows/ci.yml': 'on: push\n',
  '.husky/pre-commit': 'true\n',
};

holes(
  'Files by which tools run something, with nobody there to ask',
  {
    workspace: {
      ...there,
      'package.json': '{}\n',
      'evil.json': '{}\n',
      docs: { link: '.vscode' },
      'notes.json': { link: '.vscode/tasks.json' },
    },
    // A rule that lets a command through says nothing of such a file.
    config: {
      permissions: {
        commands: { allow: ['cp *', 'mv *', 'tee *', 'rm *', 'ln *', 'sed *', 'install *', 'echo *', 'touch *'] },
      },
    },
    ignored: ['workspace/.gitignore', 'workspace/.github/CODEOWNERS', 'workspace/src', 'workspace/AGENTS.md'],
  },
  [
    works('.gitignore'),
    works('.github/CODEOWNERS'),
    works('src/tasks.json'),
    works('AGENTS.md'),
    ...Object.keys(there).map(
      (path): HoleCase => ({ tries: `read_file ${path}`, call: tool('read_file', { path }), ends: 'ok' }),
    ),
    ...[
      '.vscode/launch.json',
      '.vscode/mcp.json',
      '.VSCode/extensions.json',
      '.mcp.json',
      '.claude/settings.json',
      '.claude/commands/x.md',
      '.github/workflows/new.yml',
      '.github/Workflows/new.yml',
      'packages/a/.github/actions/x/action.yml',
      '.gitlab-ci.yml',
      '.husky/post-checkout',
      '.devcontainer/devcontainer.json',
      '.gitattributes',
      '.gitmodules',
      '.gitconfig',
      '.pre-commit-config.yaml',
      '.bashrc',
      '.zshenv',
      '.profile',
      '.cargo/config.toml',
      '.pnpmfile.cjs',
      'app.code-workspace',
      'docs/launch.json',
      'src/../.vscode/launch.json',
      '.vscode/./launch.json',
    ].map(path => stops(write(path), path)),
    ...Object.keys(there).map(path => stops(write(path), `${path}, read before`)),
    stops(tool('edit_file', { path: '.vscode/tasks.json', edits: [{ old: '{}', new: '[]' }] }), '.vscode/tasks.json'),
    stops(tool('edit_file', { path: 'notes.json', edits: [{ old: '{}', new: '[]' }] }), 'notes.json, a link'),
    stops(tool('delete_file', { path: '.github/workflows/ci.yml' }), '.github/workflows/ci.yml'),
    { tries: 'write_file .npmrc', call: write('.npmrc'), rule: 'secret-file' },
    ...[
      'cp evil.json .vscode/tasks.json',
      'cp evil.json .vscode/',
      'cp evil.json .vscode',
      'cp -t .vscode evil.json',
      'cd .vscode && cp ../evil.json tasks.json',
      'mv evil.json .mcp.json',
      'tee .vscode/tasks.json',
      'echo x > .husky/pre-commit',
      'echo x >> .github/workflows/ci.yml',
      'echo x > .VSCODE/tasks.json',
      'echo x > notes.json',
      'cd docs && echo x > tasks.json',
      "sed -i 's/true/false/' .husky/pre-commit",
      'rm .husky/pre-commit',
      'ln -s evil.json .mcp.json',
      'install evil.json .vscode/tasks.json',
      'touch .gitattributes',
    ].map((line): HoleCase => ({ call: command(line), rule: 'runs-by-itself' })),
  ],
);

describe('What agents wrote, in the terminal', () => {
  it('is marked where it changes what others run', async function () {
    if (process.platform === 'win32') this.skip();
    this.timeout(60_000);
    await inTemporaryFolder(async folder => {
      const scripts = JSON.stringify({ scripts: { postinstall: './x' } });
      const calls = [tool('read_file', { path: 'package.json' }), write('package.json', scripts), write('a.json')];
      const { folders } = await playHoles(folder, { workspace: { 'package.json': '{}\n' } }, calls);
      const env = { PATH: process.env.PATH, HOME: folders.person, ORCHESTRATE_HOME: join(folder, 'home') };
      const shown = spawnSync(process.execPath, [program, 'changes'], {
        cwd: folders.workspace,
        env,
        encoding: 'utf8',
      });
      assert.match(
        shown.stdout,
        /^package\.json {2}modified.*\n {2}! What it has others run is different: scripts\.postinstall\.$/m,
      );
      assert.equal(shown.stdout.match(/!/g)?.length, 1, shown.stdout);
    }).finally(endServers);
  });
});
