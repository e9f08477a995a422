import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses } from '../../src/node/processes.ts';
import { LinuxSandbox } from '../../src/node/sandbox/linux.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { CanonicalRequest, ScriptedAnswer, WireServers } from '../../src/rehearsal/wire/types.ts';
import { needsSandbox } from '../support/sandbox.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { endServers, serve } from '../support/wire.ts';
import { endSessions, workerSession } from '../support/worker/worker-session.ts';
import { programFolder } from './programs.ts';

/** How a real CLI agent is led to our servers, and what it calls its tools. */
interface Led {
  env(urls: WireServers['urls'], home: string): Record<string, string>;
  /** Writes what its settings file holds, where it has to have one. */
  settings?(urls: WireServers['urls'], home: string): Promise<void>;
  run(command: string): { name: string; args: object };
  /** Left out: it edits by a kind of tool that our servers do not speak, so that only the proof is tried. */
  write?(folder: string): { name: string; args: object };
}

const MADE = 'by the CLI agent\n';
const KEY = 'sk-test-0000';
/** Newer models get their tools from Codex in a form of their own; with this one it works as with every API. */
const CLASSIC = { id: 'gpt-5.5', contextTokens: 400_000, maxOutputTokens: 128_000 };

const clis: Record<string, Led> = {
  claude: {
    env: (urls, home) => ({
      HOME: home,
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      ANTHROPIC_BASE_URL: urls.anthropic,
      ANTHROPIC_API_KEY: KEY,
      // As root it runs only where it is told that it is held by something else.
      IS_SANDBOX: '1',
    }),
    run: command => ({ name: 'Bash', args: { command, description: 'Run it' } }),
    write: folder => ({ name: 'Write', args: { file_path: join(folder, 'made.txt'), content: MADE } }),
  },
  codex: {
    // Held, it reaches no server of this machine that no variable names.
    env: ({ openai }, home) => ({
      HOME: home,
      CODEX_HOME: join(home, '.codex'),
      RELAY_KEY: KEY,
      RELAY_URL: openai ?? '',
    }),
    async settings(urls, home) {
      await mkdir(join(home, '.codex'), { recursive: true });
      const lines = [
        'model = "gpt-5.5"',
        'model_provider = "relay"',
        'check_for_update_on_startup = false',
        '[model_providers.relay]',
        'name = "relay"',
        `base_url = "${urls.openai}"`,
        'env_key = "RELAY_KEY"',
        'wire_api = "responses"',
        'request_max_retries = 1',
        'stream_max_retries = 1',
        '[features]',
        'plugins = false',
      ];
      await writeFile(join(home, '.codex/config.toml'), `${lines.join('\n')}\n`);
    },
    run: command => ({ name: 'exec_command', args: { cmd: command } }),
  },
  gemini: {
    env: (urls, home) => ({
      HOME: home,
      GOOGLE_GEMINI_BASE_URL: urls.google,
      GEMINI_API_KEY: KEY,
      GEMINI_MODEL: 'gemini-4-argon',
    }),
    run: command => ({ name: 'run_shell_command', args: { command, description: 'Run it' } }),
    write: folder => ({ name: 'write_file', args: { file_path: join(folder, 'made.txt'), content: MADE } }),
  },
  opencode: {
    env: (urls, home) => ({
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CONFIG_HOME: join(home, 'config'),
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        autoupdate: false,
        permission: { edit: 'ask', bash: 'ask' },
        model: 'relay/deepseek-chat',
        provider: {
          relay: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: urls['openai-compatible'], apiKey: KEY },
            models: { 'deepseek-chat': {} },
          },
        },
      }),
    }),
    run: command => ({ name: 'bash', args: { command, description: 'Run it' } }),
    write: folder => ({ name: 'write', args: { filePath: join(folder, 'made.txt'), content: MADE } }),
  },
};

const textOf = (message: Message | undefined) =>
  (message?.parts ?? []).map(part => (part.type === 'text' ? part.text : '')).join('\n');

const PROOF = /^echo ready > ".*"$/m;
const WORK = /Make it\./;

/** All that the user has said in it. */
const saidIn = ({ messages }: CanonicalRequest) =>
  messages
    .filter(({ role }) => role === 'user')
    .map(textOf)
    .join('\n');

/** A model that does as it is told: the command of the proof, then the file of the task, then it says so. */
function obedient(led: Led, seen: CanonicalRequest[], held: boolean) {
  return (request: CanonicalRequest): ScriptedAnswer => {
    seen.push(request);
    const { messages } = request;
    // Some ask for a title beside the work.
    if (request.tools.length === 0) return { text: 'A title' };
    if (messages.some(({ role }) => role === 'tool')) return { text: 'Done.' };
    const said = messages
      .filter(({ role }) => role === 'user')
      .map(textOf)
      .join('\n');
    const [command] = /^echo ready > ".*"$/m.exec(said) ?? [];
    if (command !== undefined) return { toolCalls: [led.run(command)] };
    if (led.write && WORK.test(said)) {
      const folder =
        /(\/[^\s"'`]*orchestrate-worker[^\s"'`]*\/workspace)/.exec(JSON.stringify(request.raw))?.[1] ?? '.';
      return { toolCalls: [led.write(folder)] };
    }
    if (held && WORK.test(said)) return { toolCalls: [led.run(`printf '${MADE.trim()}\\n' > made.txt`)] };
    return { text: 'Ready.' };
  };
}

for (const [name, led] of Object.entries(clis)) {
  describe(`the real ${name}`, function () {
    this.timeout(180_000);
    const folder = tempFolder();
    afterEach(async () => {
      await endSessions();
      await endServers();
    });

    const worked = async (held: boolean) => {
      const seen: CanonicalRequest[] = [];
      const home = join(folder.path, 'its-home');
      const root = join(folder.path, 'workspace');
      for (const path of [home, root]) await mkdir(path, { recursive: true });
      const servers = await serve({ answer: obedient(led, seen, held), models: { openai: [CLASSIC] } });
      await led.settings?.(servers.urls, home);
      const programs = await programFolder();
      const environment = { ...process.env, HOME: home, PATH: `${programs}:${process.env.PATH}` };
      const sandbox =
        held && new LinuxSandbox({ root, processes: createProcesses({ root, environment }), environment });
      const world = await workerSession({
        folder: folder.path,
        worker: name,
        script: [],
        ...(sandbox && { sandbox }),
        environment,
        config: { workers: { [name]: { env: led.env(servers.urls, home) } } },
        answer: () => ({ text: 'no model of ours is asked' }),
      });
      const outcome = await world.over();
      const told = world.of('supervision').map(({ rung, reason }) => `${rung}: ${reason}`);
      const proofs = seen.filter(request => request.tools.length > 0 && PROOF.test(saidIn(request)));
      assert.ok(proofs.length > 0 || (held && !led.write), 'it was told to act outside');
      assert.ok(
        seen.some(request => WORK.test(saidIn(request))),
        `it got work: ${told.join('; ')}`,
      );
      if (!led.write && !held) return;
      assert.deepEqual(told, []);
      assert.equal(outcome, 'completed');
      assert.equal(await world.file('made.txt'), MADE);
    };

    it('is asked for, asks before it acts outside, and has its task done', () => worked(false));

    it('has its task done in the sandbox', async function () {
      await needsSandbox(this);
      await worked(true);
    });
  });
}
