import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { havePty, Pty } from '../support/pty.ts';
import { sandboxHere } from '../support/sandbox.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const role = `---
name: prober
description: Uses the server of everything
tools: [read_file, everything/echo, everything/get-env, everything/get-tiny-image, everything/get-sum]
---
Use what you are given.
`;
const plan = {
  goal: 'Try the server',
  tasks: [{ id: 'probe', title: 'Probe', role: 'prober', instructions: 'Probe it.', writes: ['notes/**'] }],
};
const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const use = (name: string, args: object = {}) => ({ toolCalls: [{ name: `mcp_everything_${name}`, args }] });

/** What a model was told of its last call. */
const told = (request: CanonicalRequest | undefined) =>
  request?.messages.flatMap(message => (message.role === 'tool' ? message.parts : [])).at(-1);

describe('A real MCP server from npm, in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  const open: Pty[] = [];
  before(function () {
    if (!havePty) this.skip();
  });
  afterEach(async () => {
    for (const pty of open.splice(0)) await pty.end();
    await endServers();
  });

  async function lab(turns: ScriptedAnswer[], server: object, sandbox: 'auto' | 'off') {
    const asked: CanonicalRequest[] = [];
    const made = await terminalLab(
      temp.path,
      request => {
        asked.push(request);
        return turns[request.messages.filter(({ role }) => role === 'assistant').length] ?? finish;
      },
      { config: { permissions: { sandbox } } },
    );
    const { workspace, env } = made;
    await mkdir(join(workspace, '.orchestrate', 'agents'), { recursive: true });
    await writeFile(join(workspace, '.orchestrate', 'agents', 'prober.md'), role);
    await writeFile(join(workspace, '.mcp.json'), JSON.stringify({ mcpServers: { everything: server } }));
    await writeFile(join(workspace, 'plan.yaml'), JSON.stringify(plan));
    Object.assign(env, { PROBE_TOKEN: 'token-for-the-probe-only', OTHER_TOKEN: 'must-not-be-seen' });
    const begin = () => {
      const pty = new Pty([process.execPath, program, 'run', '--workflow', 'plan.yaml', '--yes'], {
        cwd: workspace,
        env,
        columns: 120,
        rows: 40,
      });
      open.push(pty);
      return pty;
    };
    const trust = async () => {
      const child = spawn(process.execPath, [program, 'trust', '--yes'], { cwd: workspace, env });
      let said = '';
      child.stdout.on('data', chunk => {
        said += chunk;
      });
      assert.equal(await codeOf(child), 0);
      return said;
    };
    return { ...made, asked, begin, trust };
  }

  it('is not started before it was agreed to, and is agreed to as exactly that command', async () => {
    const server = { command: process.execPath, args: ['-e', 'require("fs").writeFileSync("started", "")'] };
    const { begin, trust, workspace, asked } = await lab([finish], server, 'off');
    const first = begin();
    await first.shows(/servers\.everything is set aside until you agree to it: orchestrate trust/);
    assert.equal(await first.code(), 0);
    await assert.rejects(readFile(join(workspace, 'started')));
    assert.ok(asked.every(({ tools }) => tools.every(({ name }) => !name.startsWith('mcp_'))));
    const said = await trust();
    assert.match(said, /servers:\n\s+everything:\n\s+command: .*node"\n\s+args:\n\s+- "-e"\n\s+- "require/);
    await writeFile(
      join(workspace, '.mcp.json'),
      JSON.stringify({ mcpServers: { everything: { ...server, args: [] } } }),
    );
    assert.match(await trust(), /args: \[\]/, 'another command is another agreement');
  });

  it('is used by the role that names its tools, asked about once, sees what it was given and nothing else', async () => {
    const held = (await sandboxHere()).holds;
    const server = {
      command: process.execPath,
      args: ['everything.mjs'],
      env: { PROBE: `\${${'PROBE_TOKEN'}}` },
    };
    const turns = [
      use('echo', { message: 'hello' }),
      use('get-env'),
      use('get-tiny-image'),
      use('get-sum', { a: 'two' }),
      finish,
    ];
    const { begin, trust, workspace, asked, events } = await lab(turns, server, held ? 'auto' : 'off');
    await build({
      entryPoints: [everything],
      outfile: join(workspace, 'everything.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    await trust();
    const pty = begin();
    for (const tool of ['echo', 'get-env', 'get-tiny-image']) {
      await pty.shows(new RegExp(`wants: mcp_everything_${tool} `));
      pty.type('s\r');
      await until(async () => {
        const all = (await events()) as JournalEvent[];
        return all.some(
          event =>
            event.type === 'tool-outcome' &&
            all.some(each => each.type === 'permission-asked' && each.rule === `mcp_everything_${tool}`),
        );
      });
    }
    assert.equal(await pty.code(), 0);
    const [, afterEcho, afterEnv, afterImage, afterSum] = asked;
    assert.match(told(afterEcho)?.output ?? '', /Echo: hello/);
    const env = told(afterEnv)?.output ?? '';
    assert.match(env, /"PROBE": "/);
    assert.doesNotMatch(env, /must-not-be-seen|any-key/);
    assert.match(JSON.stringify(afterImage?.messages), /image\/png/);
    const kept = ((await events()) as JournalEvent[]).filter(event => event.type === 'artifact-published');
    assert.deepEqual(
      kept.map(({ artifact, mediaType }) => [artifact, mediaType]),
      [['mcp_everything_get-tiny-image-1', 'image/png']],
    );
    assert.match(told(afterSum)?.output ?? '', /"a"|"b" is missing/);
    const journal = JSON.stringify(await events());
    assert.doesNotMatch(journal, /token-for-the-probe-only/);
    assert.doesNotMatch(journal, /no-server/);
  });
});
