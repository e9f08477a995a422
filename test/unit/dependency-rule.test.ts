import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { figuresOf } from '../../scripts/figures/figures.ts';
import { root } from '../../scripts/host/paths.ts';

/** One forbidden import for each arrow between folders: where, what, and the rule that must say no. */
const violations: [file: string, imports: string, rule: string][] = [
  ['src/protocol/bad-1.ts', '../core/ports.ts', 'protocol-imports-zod-only'],
  ['src/protocol/bad-2.ts', 'node:fs', 'protocol-imports-zod-only'],
  ['src/core/bad-1.ts', 'vscode', 'core-knows-no-host'],
  ['src/core/bad-2.ts', '../editor/disposables.ts', 'core-knows-no-host'],
  ['src/core/bad-3.ts', 'node:fs', 'core-knows-no-node'],
  ['src/core/bad-4.ts', 'openai', 'sdks-only-in-providers'],
  ['src/core/bad-5.ts', '@agentclientprotocol/sdk', 'acp-only-in-workers'],
  ['src/core/bad-6.ts', './plan/parse.ts', 'what-all-of-core-knows-knows-none-of-it'],
  ['src/core/bad-7.ts', '@modelcontextprotocol/client', 'mcp-only-in-its-folder'],
  ['src/mcp/bad-1.ts', '../node/clock.ts', 'mcp-apart'],
  ['src/browser/bad-1.ts', '../node/clock.ts', 'browser-apart'],
  ['src/core/unlisted/bad-1.ts', '../ports.ts', 'core-folders-are-listed'],
  ['src/core/testing/bad-1.ts', '../plan/parse.ts', 'core-testing-knows-only-what-is-before-it'],
  ['src/core/redact/bad-1.ts', '../plan/parse.ts', 'core-redact-knows-only-what-is-before-it'],
  ['src/core/plan/bad-1.ts', '../session/state.ts', 'core-plan-knows-only-what-is-before-it'],
  ['src/core/session/bad-1.ts', '../changes/contract.ts', 'core-session-knows-only-what-is-before-it'],
  ['src/core/routing/bad-1.ts', '../agent/contract.ts', 'core-routing-knows-only-what-is-before-it'],
  ['src/core/doctor/bad-1.ts', '../agent/contract.ts', 'core-doctor-knows-only-what-is-before-it'],
  ['src/core/changes/bad-1.ts', '../agent/contract.ts', 'core-changes-knows-only-what-is-before-it'],
  ['src/core/agent/bad-1.ts', '../team/session.ts', 'core-agent-knows-only-what-is-before-it'],
  ['src/core/worker/bad-1.ts', '../team/session.ts', 'core-worker-knows-only-what-is-before-it'],
  ['src/core/team/bad-1.ts', '../config/load.ts', 'core-team-knows-only-what-is-before-it'],
  ['src/core/config/bad-1.ts', '../station/reduce.ts', 'core-config-knows-only-what-is-before-it'],
  ['src/workers/bad-1.ts', '../editor/disposables.ts', 'workers-apart'],
  ['src/node/bad-1.ts', 'vscode', 'vscode-only-in-editor'],
  ['src/node/bad-2.ts', '../editor/disposables.ts', 'node-apart'],
  ['src/providers/bad-1.ts', '../editor/disposables.ts', 'providers-apart'],
  ['src/rehearsal/bad-1.ts', '../editor/disposables.ts', 'rehearsal-apart'],
  ['src/editor/bad-1.ts', '../providers/bad-1.ts', 'editor-apart'],
  ['src/terminal/bad-1.ts', '../providers/bad-1.ts', 'terminal-apart'],
  ['src/terminal/bad-2.ts', '../runtime/host.ts', 'what-people-see-knows-the-contract'],
  ['src/dashboard/bad-1.ts', '../node/clock.ts', 'dashboard-apart'],
  ['src/server/bad-1.ts', '../terminal/style.ts', 'server-apart'],
  ['src/server/bad-2.ts', '../runtime/host.ts', 'what-people-see-knows-the-contract'],
  ['src/runtime/bad-1.ts', '../editor/disposables.ts', 'runtime-joins-all-but-what-people-see'],
  ['webview-ui/bad-1.ts', '../src/core/ports.ts', 'webview-sees-protocol-only'],
  ['webview-ui/bad-2.ts', 'vscode', 'vscode-only-in-editor'],
  ['src/editor/bad-2.ts', '../../test/support/reporter.ts', 'product-knows-no-test'],
];

describe('the dependency rule', function () {
  this.timeout(300_000);
  let copy: string;

  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'orchestrate-rule-'));
    const parts = ['src', 'webview-ui', 'test/support', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];
    for (const part of parts) await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  });
  after(() => rm(copy, { recursive: true, force: true }));

  it('finds nothing in the code as it is, and catches an import against each of its arrows', async () => {
    for (const [file, imports] of violations) {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await writeFile(join(copy, file), `import * as it from '${imports}';\nexport { it };\n`);
    }
    const bin = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const args = [bin, 'src', 'webview-ui', '--output-type', 'json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: copy, maxBuffer: 256 * 1024 * 1024 });
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    const found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
    const added = new Set(violations.map(([file]) => file));
    assert.deepEqual(
      summary.violations.filter(({ from }) => !added.has(from)),
      [],
    );
    const missed = violations.map(([file, , rule]) => `${file}: ${rule}`).filter(expected => !found.includes(expected));
    assert.deepEqual(missed, []);
  });

  it('holds within each folder, too: of its files and folders none know each other in a circle', () => {
    const { fileCyclesWithTypes, folderCycles } = figuresOf(root);
    assert.deepEqual({ fileCyclesWithTypes, folderCycles }, { fileCyclesWithTypes: 0, folderCycles: [] });
  });
});
