import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';
import { endServers, serve } from '../support/wire.ts';

/** One shaped like a vendor's, one that only we can know to be a key, one with characters that JSON and URLs escape. */
const KEYS = {
  ANTHROPIC_API_KEY: 'sk-ant-api03-PLANTED-planted-0123456789',
  OPENAI_API_KEY: 'planted-key-without-any-shape',
  GEMINI_API_KEY: 'planted"key/with+odd=characters',
};

const plan = {
  goal: 'Print what you know',
  tasks: [{ id: 'only', title: 'Print it', role: 'implementer', instructions: 'Print it.', writes: ['out.txt'] }],
};

/** A model that has the keys and says them wherever it can. */
function answer(request: CanonicalRequest): ScriptedAnswer {
  const said = Object.values(KEYS).join(' and ');
  const turn = request.messages.filter(message => message.role === 'assistant').length;
  if (request.tools.some(tool => tool.name === 'propose_plan')) {
    return { text: said, toolCalls: [{ name: 'propose_plan', args: plan }] };
  }
  if (turn === 0) {
    return {
      reasoning: said,
      text: said,
      toolCalls: [
        { name: 'note_decision', args: { decision: said, rationale: said } },
        { name: 'run_command', args: { command: `echo ${KEYS.OPENAI_API_KEY}`, why: said } },
        { name: 'search', args: { pattern: said } },
        { name: said, args: { [said]: said } },
      ],
    };
  }
  return { toolCalls: [{ name: 'finish_task', args: { summary: said } }] };
}

describe('Keys', function () {
  this.timeout(60_000);
  const temp = tempFolder();
  afterEach(endServers);

  it('stand nowhere in what a session leaves or prints, whoever says them', async () => {
    const refused = new Set<string>();
    const servers = await serve({
      answer,
      faults: call => {
        // Every vendor refuses once and repeats the key it was sent, as real ones do.
        if (call.endpoint !== 'generate' || refused.has(call.vendor)) return undefined;
        refused.add(call.vendor);
        return call.vendor === 'openai' ? { kind: 'server-error' } : { kind: 'unauthorized', echoKey: true };
      },
    });
    const workspace = join(temp.path, 'workspace');
    const home = join(temp.path, 'home');
    await mkdir(workspace);
    await mkdir(home);
    const models = { anthropic: 'claude-sonnet-5-5', google: 'gemini-4-argon', openai: 'gpt-6.1-sol' } as const;
    const route = Object.entries(models).map(([name, model]) => `${name}/${model}`);
    const providers = Object.keys(models).map(kind => [
      kind,
      { kind, baseUrl: servers.urls[kind as keyof typeof models] },
    ]);
    const config = { providers: Object.fromEntries(providers), routes: { orchestrator: route, implementer: route } };
    await writeFile(join(home, 'config.yaml'), stringify(config));

    const environment = { ...process.env, ...KEYS, ORCHESTRATE_HOME: home, ORCHESTRATE_LOG: 'trace' };
    const run = async (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: workspace, env: environment });
      let printed = '';
      child.stdout.on('data', text => {
        printed += text;
      });
      child.stderr.on('data', text => {
        printed += text;
      });
      const [code] = await once(child, 'close');
      return { code, printed };
    };
    const session = await run('run', 'Print what you know', '--yes', '--json');
    assert.equal(session.code, 0, session.printed);
    assert.ok(refused.size === 3, 'every vendor was asked and refused once');
    assert.match(session.printed, /\[redacted\]/);

    const places: [string, string][] = [['output of run', session.printed]];
    for (const args of [
      ['doctor'],
      ['doctor', '--json'],
      ['logs'],
      ['status', '--json'],
      ['report'],
      ['report', '--json'],
    ]) {
      places.push([args.join(' '), (await run(...args)).printed]);
    }
    for (const folder of [join(workspace, '.orchestrate'), home]) {
      for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile()) places.push([path, await readFile(path, 'utf8')]);
      }
    }
    assert.ok(
      places.some(([name]) => name.endsWith('events.jsonl')) && places.some(([name]) => name.endsWith('log.md')),
    );
    for (const [name, text] of places) {
      for (const key of Object.values(KEYS)) {
        for (const form of [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key)]) {
          assert.ok(!text.includes(form), `${name} holds ${key}`);
        }
      }
    }
  });
});
