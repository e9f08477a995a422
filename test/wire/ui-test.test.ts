import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer, ScriptedCall, Vendor } from '../../src/rehearsal/wire/types.ts';
import { browserEnvironment } from '../support/own-browser.ts';
import { sandboxHere } from '../support/sandbox.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const server = `import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
createServer(async (request, answer) => answer.end(await readFile('index.html'))).listen(Number(process.argv[2]), '127.0.0.1');
`;
/** What is said after the click is there to be read, and cannot be seen. */
const page = (
  colour: string,
) => `<!doctype html><title>Orders</title><style>output { display: block; width: 400px; height: 100px; background: ${colour} }</style>
<button onclick="document.querySelector('output').textContent = 'Order placed'">Order</button><output></output>
`;

/** A port where people let such servers run, on which nobody listens. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = 3100 + Math.floor(Math.random() * 800);
    const found = await new Promise<number | undefined>(done => {
      const one = createServer()
        .once('error', () => done(undefined))
        .listen(port, '127.0.0.1', () => {
          const taken = (one.address() as AddressInfo).port;
          one.close(() => done(taken));
        });
    });
    if (found !== undefined) return found;
  }
  throw new Error('no port is free');
}

const call = (name: string, args: object): ScriptedAnswer => ({ toolCalls: [{ name, args } as ScriptedCall] });
/** Of some vendors' models nobody says that they see, but the person whose server it is. */
const MODELS: Record<Vendor, { model: string; key?: string; entry?: object }> = {
  anthropic: { model: 'claude-sonnet-5-5', key: 'ANTHROPIC_API_KEY' },
  openai: { model: 'gpt-6.1-terra', key: 'OPENAI_API_KEY' },
  google: { model: 'gemini-4-argon', key: 'GEMINI_API_KEY' },
  'openai-compatible': {
    model: 'deepseek-chat',
    key: 'ORCHESTRATE_API_KEY_OPENAI_COMPATIBLE',
    entry: { free: true, models: [{ id: 'deepseek-chat', tools: true, images: true, contextTokens: 100_000 }] },
  },
  ollama: {
    model: 'qwen3-coder:30b',
    entry: { local: true, models: [{ id: 'qwen3-coder:30b', tools: true, images: true, contextTokens: 100_000 }] },
  },
};

describe('A UI test with eyes, in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  for (const [vendor, { model, key, entry }] of Object.entries(MODELS) as [Vendor, (typeof MODELS)[Vendor]][]) {
    it(`finds a bug that only a picture shows, files it with the picture, and sees it mended: ${vendor}`, async () => {
      const port = await freePort();
      const asked: CanonicalRequest[] = [];
      let reviews = 0;
      const builder = [
        call('write_file', { path: 'index.html', content: page('#fff; color: #fff') }),
        call('finish_task', { summary: 'Built.' }),
        call('read_artifact', { name: 'after-order' }),
        call('edit_file', { path: 'index.html', edits: [{ old: '#fff; color: #fff', new: '#060; color: #fff' }] }),
        call('finish_task', { summary: 'Mended.' }),
      ];
      const tester = (picture: string, end: ScriptedAnswer[]) => [
        call('run_command', { command: `node server.mjs ${port}`, background: true, waitFor: String(port) }),
        call('browser', { action: 'open', url: `http://localhost:${port}/` }),
        call('browser', { action: 'click', target: 'Order' }),
        call('browser', { action: 'look', name: picture }),
        ...end,
      ];
      const rounds = [
        tester('after-order', [
          call('add_finding', {
            severity: 'blocker',
            text: 'After Order is clicked nothing can be seen of "Order placed": white on white.',
            path: 'index.html',
            picture: 'after-order',
          }),
          call('verdict', { approve: false, text: 'The answer cannot be seen.' }),
        ]),
        tester('after-fix', [call('verdict', { approve: true, text: 'It can be seen.' })]),
      ];
      const answer = (request: CanonicalRequest): ScriptedAnswer => {
        asked.push(request);
        const turn = request.messages.filter(({ role }) => role === 'assistant').length;
        if (!request.tools.some(({ name }) => name === 'verdict')) return builder[turn] ?? { text: 'Nothing more.' };
        if (turn === 0) reviews++;
        return rounds[reviews - 1]?.[turn] ?? { text: 'Nothing more.' };
      };
      const route = [`${vendor}/${model}`];
      const held = (await sandboxHere()).holds;
      const lab = await terminalLab(temp.path, answer, {
        config: { routes: { default: route }, permissions: { sandbox: held ? 'auto' : 'off' } },
      });
      const config = await readFile(join(lab.env.ORCHESTRATE_HOME, 'config.yaml'), 'utf8');
      await writeFile(
        join(lab.env.ORCHESTRATE_HOME, 'config.yaml'),
        `${config.replace(/^providers:[\s\S]*?(?=^\S)/m, '')}providers: ${JSON.stringify({ [vendor]: { kind: vendor, baseUrl: lab.servers.urls[vendor], ...entry } })}\n`,
      );
      // Nobody else can be asked.
      const env: Record<string, string> = { ...lab.env, ...(await browserEnvironment()) };
      for (const { key: other } of Object.values(MODELS)) if (other !== undefined) delete env[other];
      if (key !== undefined) env[key] = 'any-key';
      await writeFile(join(lab.workspace, 'server.mjs'), server);
      const plan = {
        goal: 'An order page',
        tasks: [
          {
            id: 'page',
            title: 'Page',
            role: 'implementer',
            instructions: 'Build it.',
            writes: ['index.html'],
            review: { role: 'ui-tester', rounds: 3 },
          },
        ],
      };
      await writeFile(join(lab.workspace, 'plan.yaml'), JSON.stringify(plan));
      const child = spawn(process.execPath, [program, 'run', '--workflow', 'plan.yaml', '--yes', '--json'], {
        cwd: lab.workspace,
        env,
      });
      let said = '';
      child.stderr.on('data', chunk => {
        said += chunk;
      });
      const code = await codeOf(child);
      const events = (await lab.events()) as JournalEvent[];
      const of = <T extends JournalEvent['type']>(type: T) =>
        events.filter(event => event.type === type) as Extract<JournalEvent, { type: T }>[];
      assert.deepEqual(of('failover'), []);
      const refused = of('tool-outcome').filter(({ ok }) => !ok);
      assert.deepEqual([code, refused.map(({ output }) => output)], [0, []], said);

      // What the picture shows is what a person would have seen.
      const [session = ''] = (await readdir(lab.sessions)).filter(name => !name.startsWith('.'));
      const picture = async (name: string) => {
        const found = of('artifact-published').find(({ artifact }) => artifact === name);
        assert.equal(found?.mediaType, 'image/png', name);
        return readFile(join(lab.sessions, session, 'blobs', found.blob));
      };
      const green = async (name: string) => (await sharp(await picture(name)).stats()).channels[0]?.mean ?? 0;
      assert.ok((await green('after-order')) > 250, 'nothing but white and a button');
      assert.ok((await green('after-fix')) < 250, 'the answer has a ground of its own');

      const report = (name: string) => readFile(join(lab.sessions, session, name), 'utf8');
      const inPage = (await report('report.html')).match(
        /<img src="data:image\/png;base64,[^"]+" alt="(?:after-order|after-fix)">/g,
      );
      assert.equal(inPage?.length, 2);
      assert.match(await report('report.md'), /### Pictures\n\n!\[after-order\]\(blobs\/[0-9a-f]{64}\)/);

      const [finding] = of('finding-added');
      assert.deepEqual([finding?.picture, finding?.severity], ['after-order', 'blocker']);
      assert.deepEqual(
        of('verdict').map(({ approve }) => approve),
        [false, true],
      );
      // Both see it: who found the bug, and who mends it.
      const seen = asked.map(request => JSON.stringify(request.messages.at(-1)).includes('image/png'));
      assert.equal(seen.filter(Boolean).length, 3);
      const mending = asked.find(request => JSON.stringify(request.messages.at(-1)).includes('white on white'));
      assert.match(JSON.stringify(mending?.messages.at(-1)), /read_artifact \\"after-order\\" shows it/);
    });
  }
});
