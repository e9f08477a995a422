import assert from 'node:assert/strict';
import { actsBy, isAgentSetting } from '../../src/core/acting-files.ts';

const acting = [
  '.vscode/tasks.json',
  '.vscode/settings.json',
  '.vscode/launch.json',
  '.vscode/mcp.json',
  'app.code-workspace',
  '.idea/workspace.xml',
  '.zed/tasks.json',
  '.mcp.json',
  '.claude/settings.json',
  '.claude/agents/x.md',
  '.gemini/settings.json',
  '.codex/config.toml',
  '.qwen/settings.json',
  'opencode.json',
  'opencode.jsonc',
  '.cursor/mcp.json',
  '.cursorrules',
  '.github/workflows/ci.yml',
  '.github/actions/x/action.yml',
  '.github/agents/x.agent.md',
  '.gitlab-ci.yml',
  '.circleci/config.yml',
  'Jenkinsfile',
  'azure-pipelines.yml',
  '.husky/pre-commit',
  '.githooks/pre-push',
  'lefthook.yml',
  '.pre-commit-config.yaml',
  '.lintstagedrc.json',
  'lint-staged.config.js',
  '.devcontainer/devcontainer.json',
  '.devcontainer.json',
  '.gitpod.yml',
  '.npmrc',
  '.yarnrc.yml',
  '.yarnrc',
  '.pnpmfile.cjs',
  '.yarn/plugins/x.cjs',
  'bunfig.toml',
  '.cargo/config.toml',
  'pip.conf',
  'gradle/wrapper/gradle-wrapper.properties',
  'gradlew',
  'mvnw.cmd',
  '.mvn/extensions.xml',
  '.gitattributes',
  '.gitmodules',
  '.gitconfig',
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.zshenv',
  'profile.ps1',
  'Microsoft.PowerShell_profile.ps1',
  '.envrc',
  '.mise.toml',
  '.gdbinit',
  '.vimrc',
  '.exrc',
  '.dir-locals.el',
  'sitecustomize.py',
  '.Rprofile',
  '.irbrc',
  '.tmux.conf',
  '.bazelrc',
];
const ordinary = [
  'src/tasks.json',
  'vscode/settings.json',
  'settings.json',
  'package.json',
  'Makefile',
  '.gitignore',
  '.gitkeep',
  '.editorconfig',
  'README.md',
  'AGENTS.md',
  'CLAUDE.md',
  'github/workflows/ci.yml',
  '.github/CODEOWNERS',
  '.github/ISSUE_TEMPLATE/bug.md',
  'src/profile.ts',
  'src/claude/index.ts',
  'model.pth',
  'tsconfig.json',
  'vite.config.ts',
  'docker-compose.yml',
  '.nvmrc',
  'docs/husky.md',
];

describe('Files by which tools run something by themselves', () => {
  for (const path of acting)
    it(`"${path}" is one, in any folder and case`, () => {
      for (const each of [
        path,
        `packages/app/${path}`,
        path.toUpperCase(),
        path.replace(/[a-z]/, letter => `${letter}\u200b`),
      ])
        assert.match(actsBy(each) ?? '', /^[A-Z].*\.$/, each);
    });

  for (const path of ordinary) it(`"${path}" is none`, () => assert.equal(actsBy(path), undefined));

  it('are an agent’s own settings where a CLI agent reads them, however they are spelled', () => {
    for (const path of [
      '.claude/settings.json',
      '.Gemini/settings.json',
      'sub/.CODEX/config.toml',
      '.MCP.json',
      '.gem\u200cini/x',
    ])
      assert.ok(isAgentSetting(path), path);
    for (const path of ['.github/agents/x.agent.md', '.vscode/mcp.json', 'src/gemini/x.ts'])
      assert.ok(!isAgentSetting(path), path);
  });
});
