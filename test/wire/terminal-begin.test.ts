import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { catalogue } from '../../src/rehearsal/wire/catalogue.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers, serve } from '../support/wire.ts';

const plan = {
  goal: 'Do it',
  tasks: [{ id: 'a', title: 'A', role: 'implementer', instructions: 'Do.', writes: ['**'] }],
};

function answer({ tools }: CanonicalRequest): ScriptedAnswer {
  if (tools.some(({ name }) => name === 'propose_plan')) return { toolCalls: [{ name: 'propose_plan', args: plan }] };
  const [tool] = tools;
  if (tools.some(({ name }) => name === 'finish_task'))
    return { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
  return tool ? { toolCalls: [{ name: tool.name, args: {} }] } : { text: 'OK' };
}

describe('A session that begins in the terminal', function () {
  this.timeout(60_000);
  const temp = tempFolder();
  afterEach(endServers);

  async function lab(config: object = {}, variables: NodeJS.ProcessEnv = {}) {
    let asked = 0;
    const { workspace, env, sessions } = await terminalLab(
      temp.path,
      request => {
        asked++;
        return answer(request);
      },
      { config },
    );
    const said = async (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: workspace, env: { ...env, ...variables } });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part));
      return { code: await codeOf(child), text };
    };
    return { said, workspace, asked: () => asked, begun: () => readdir(sessions).catch(() => []) };
  }

  it('says that the plan needs approval, with --yes, before a plan is paid for where nobody can be asked', async () => {
    const { said, asked, begun } = await lab();
    for (const more of [[], ['--json']]) {
      const { code, text } = await said('run', 'Do it', ...more);
      assert.equal(code, 2);
      assert.match(text, /--yes/);
    }
    assert.equal(asked(), 0);
    assert.deepEqual(await begun(), []);
    assert.equal((await said('run', 'Do it', '--yes')).code, 0);
  });

  it('names the variable of a key that is missing', async () => {
    const { said, begun } = await lab({}, { ANTHROPIC_API_KEY: '' });
    const { code, text } = await said('run', 'Do it', '--yes');
    assert.equal(code, 2);
    assert.match(text, /anthropic has no key and is not asked: set ANTHROPIC_API_KEY/);
    assert.deepEqual(await begun(), []);
  });

  it('names the variable of a key that is missing for a route, and goes on with the others', async () => {
    const route = ['openai/gpt-6.1-sol', 'anthropic/claude-sonnet-5-5'];
    const { said } = await lab({ routes: { default: route } }, { OPENAI_API_KEY: '' });
    const { code, text } = await said('run', 'Do it', '--yes');
    assert.equal(code, 0, text);
    assert.match(text, /openai has no key and is not asked: set OPENAI_API_KEY/);
  });

  it('names the command with which a provider of the workspace is agreed to', async () => {
    const { said, workspace } = await lab();
    await mkdir(join(workspace, '.orchestrate'));
    const own = { providers: { theirs: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', local: true } } };
    await writeFile(join(workspace, '.orchestrate', 'config.yaml'), stringify(own));
    const { text } = await said('run', 'Do it', '--yes');
    assert.match(text, /providers\.theirs .*set aside until you agree to it: orchestrate trust/);
    const file = join(temp.path, 'routed.yaml');
    await writeFile(file, stringify({ routes: { default: ['theirs/model'] } }));
    const routed = await said('run', 'Do it', '--yes', '--config', file);
    assert.equal(routed.code, 2);
    assert.match(
      routed.text,
      /the provider "theirs" of this workspace is set aside until you agree to it: orchestrate trust/,
    );
  });

  it('uses a provider to which no route leads where it has one model, as the doctor says', async () => {
    const models = { 'openai-compatible': catalogue['openai-compatible'].slice(0, 1) };
    const { urls } = await serve({ answer, models });
    const mine = { kind: 'openai-compatible', baseUrl: urls['openai-compatible'], free: true };
    const { said } = await lab(
      { providers: { mine }, routes: {} },
      { ANTHROPIC_API_KEY: '', ORCHESTRATE_API_KEY_MINE: 'k' },
    );
    const doctor = await said('doctor');
    assert.equal(doctor.code, 0, doctor.text);
    const { code, text } = await said('run', 'Do it', '--yes');
    assert.equal(code, 0, text);
  });

  it('names the setting where it is not said which models of a provider are meant, or what they cost', async () => {
    const { urls } = await serve({ answer });
    const mine = { kind: 'openai-compatible', baseUrl: urls['openai-compatible'] };
    const { said, begun } = await lab(
      { providers: { mine }, routes: {} },
      { ANTHROPIC_API_KEY: '', ORCHESTRATE_API_KEY_MINE: 'k' },
    );
    const unrouted = await said('run', 'Do it', '--yes');
    assert.equal(unrouted.code, 2);
    assert.match(unrouted.text, /providers\.mine\.models.*routes\.default/);
    const file = join(temp.path, 'named.yaml');
    await writeFile(file, stringify({ providers: { mine: { ...mine, models: [{ id: 'own-model' }] } } }));
    const unpriced = await said('run', 'Do it', '--yes', '--config', file);
    assert.equal(unpriced.code, 2);
    assert.match(unpriced.text, /mine\/own-model costs is not known.*prices:/);
    assert.deepEqual(await begun(), []);
  });

  it('ends with what the web page says that answers instead of an API', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><head><title>Sign in to HotelNet</title></head><body>Welcome</body></html>');
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const { said } = await lab({
        providers: { anthropic: { kind: 'anthropic', baseUrl: `http://127.0.0.1:${port}` } },
      });
      const { code, text } = await said('run', 'Do it', '--yes');
      assert.equal(code, 1);
      assert.match(text, /the server sent a web page: Sign in to HotelNet/);
      assert.match(text, /Go on: +orchestrate resume/);
    } finally {
      server.close();
    }
  });

  it('ends when something goes wrong at its start, and lets go of everything', async () => {
    const { workspace, env } = await terminalLab(temp.path, answer);
    // What an older Node did not have is missing as soon as a team is put together.
    const without = 'data:text/javascript,delete Promise.withResolvers';
    const args = ['--import', without, program, 'run', '--rehearse', 'todo', '--yes', '--json'];
    const child = spawn(process.execPath, args, { cwd: workspace, env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    assert.equal(await codeOf(child), 1);
    assert.match(said, /withResolvers is not a function/);
    const again = spawn(process.execPath, [program, 'list'], { cwd: workspace, env });
    let listed = '';
    again.stdout.on('data', (chunk: Buffer) => {
      listed += chunk;
    });
    assert.equal(await codeOf(again), 0);
    assert.doesNotMatch(listed, /running/);
  });

  it('says which Node it needs where this one is too old, instead of ending somewhere in the middle', async () => {
    const { workspace, env } = await terminalLab(temp.path, answer);
    const old = `data:text/javascript,${encodeURIComponent(
      "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })",
    )}`;
    const child = spawn(process.execPath, ['--import', old, program, 'run', 'Do it', '--yes'], { cwd: workspace, env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    assert.equal(await codeOf(child), 2);
    assert.match(said, /needs Node\.js 22 or newer, and this is 20\.20\.2/);
  });
});
