import assert from 'node:assert/strict';
import { Budget } from '../../src/core/routing/budget.ts';
import { Models } from '../../src/core/routing/models.ts';
import { ProviderPool } from '../../src/core/routing/pool.ts';
import { Prices } from '../../src/core/routing/prices.ts';
import { createRouter } from '../../src/core/routing/router.ts';
import { defaultRoutingSettings } from '../../src/core/routing/settings.ts';
import type { CanonicalRequest, ModelCard, ScriptedAnswer, ScriptedCall } from '../../src/rehearsal/wire/types.ts';
import { AgentWorld } from '../support/agent-world.ts';
import { providerOf } from '../support/providers.ts';
import { endServers, serve } from '../support/wire.ts';

const todo = (name: string) => `export function ${name}(items) {\n  return items.filter(Boolean);\n}\n`.repeat(120);
const files = Object.fromEntries(['list', 'store', 'page', 'server'].map(name => [`src/${name}.js`, todo(name)]));
const brief = `Goal of the session: a todo list.\n\n${'Keep to the conventions of the project. '.repeat(800)}`;

/** The sample task, as a model would do it: look at everything, look again, write three files, run the tests. */
const steps: ScriptedCall[] = [
  { name: 'list_files', args: {} },
  ...Object.keys(files).map(path => ({ name: 'read_file', args: { path } })),
  { name: 'search', args: { pattern: 'return' } },
  ...Object.keys(files).map(path => ({ name: 'read_file', args: { path, from: 100 } })),
  { name: 'write_file', args: { path: 'src/todo.js', content: 'export const todos = [];\n' } },
  ...Object.keys(files).map(path => ({ name: 'read_file', args: { path, from: 200 } })),
  { name: 'write_file', args: { path: 'src/todo.test.js', content: `// ${'"quotes" and \\ '.repeat(60)}\n` } },
  { name: 'run_command', args: { command: 'npm test' } },
  // What it wrote is out of sight by now.
  { name: 'read_file', args: { path: 'src/todo.js' } },
  { name: 'edit_file', args: { path: 'src/todo.js', edits: [{ old: '[]', new: "['milk']" }] } },
  { name: 'finish_task', args: { summary: 'Done.' } },
];

const native = (call: ScriptedCall): ScriptedAnswer => ({ toolCalls: [call] });
const json = ({ name, args }: ScriptedCall) => JSON.stringify({ name, arguments: args });

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const fields = ({ args }: ScriptedCall) => Object.entries((args ?? {}) as Record<string, unknown>);

/** How models write their calls. */
const WRITTEN: Record<string, (call: ScriptedCall) => ScriptedAnswer> = {
  'calls tools': native,
  'writes <tool_call>': call => ({ text: `<think>What next?</think>Next.\n<tool_call>\n${json(call)}\n</tool_call>` }),
  'writes bare JSON': call => ({ text: json(call) }),
  'writes a fence': call => ({ text: `I will do this:\n\`\`\`json\n${json(call)}\n\`\`\`` }),
  'writes <function=…>': ({ name, args }) => ({ text: `<function=${name}>${JSON.stringify(args)}</function>` }),
  'writes [TOOL_CALLS]': call => ({ text: `[TOOL_CALLS][${json(call)}]` }),
  'writes <function=…> with <parameter=…>': call => ({
    text: `<tool_call>\n<function=${call.name}>\n${fields(call)
      .map(([key, value]) => `<parameter=${key}>\n${plain(value)}\n</parameter>\n`)
      .join('')}</function>\n</tool_call>`,
  }),
  'writes ```tool_code': call => ({
    text: `\`\`\`tool_code\nprint(default_api.${call.name}(${fields(call)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(', ')}))\n\`\`\``,
  }),
  'writes the marks of DeepSeek': ({ name, args }) => ({
    text: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>${name}\n\`\`\`json\n${JSON.stringify(args)}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  }),
  'writes <|python_tag|>': ({ name, args }) => ({
    text: `<|python_tag|>${JSON.stringify({ name, parameters: args })}`,
  }),
};

const summary = 'Done: looked at all files. Left: go on with the plan, write the todo files, run the tests, finish.';
const isSummary = ({ messages }: CanonicalRequest) => JSON.stringify(messages.at(-1)).includes('replaced by');

/** A world with one local model. */
async function smallWorld(card: Omit<ModelCard, 'id' | 'maxOutputTokens'>, write: (typeof WRITTEN)[string]) {
  let step = 0;
  const servers = await serve({
    models: { ollama: [{ id: 'small:8b', maxOutputTokens: card.contextTokens, ...card }] },
    answer: request => {
      if (isSummary(request)) return { text: summary };
      const call = steps[step++];
      if (!call) return { text: 'Lost.' };
      return write(call);
    },
  });
  const world = new AgentWorld([], { files, processes: () => ({ output: 'ok\n'.repeat(9000) }) });
  const { clock, journal } = world;
  const provider = providerOf(servers.urls, 'ollama', { free: true, numCtx: card.contextTokens });
  const models = new Models();
  const pool = new ProviderPool({
    provider: name => (name === 'ollama' ? provider : undefined),
    clock,
    settings: defaultRoutingSettings,
    models,
  });
  world.host.router = createRouter({
    session: 's',
    pool,
    budget: new Budget({ session: 's', limits: {}, alertAt: 0.8, whenSpent: 'stop', journal }),
    prices: new Prices({ overrides: {}, load: async () => ({ vendor: () => undefined, find: () => undefined }) }),
    journal,
    newId: world.host.newId,
    log: { write() {} },
  });
  return { world, servers, close: () => pool.dispose() };
}

describe('a small model does the sample task', function () {
  this.timeout(60_000);
  afterEach(endServers);

  for (const contextTokens of [8192, 16_384, 32_768]) {
    for (const tools of [true, false]) {
      for (const [how, write] of Object.entries(WRITTEN)) {
        if (how === 'calls tools' && !tools) continue;
        const takes = tools ? 'takes tools' : 'takes none';
        it(`with a window of ${contextTokens} tokens, which ${takes} and ${how}`, async () => {
          const { world, servers, close } = await smallWorld({ contextTokens, tools }, write);
          const result = await world.run({ route: ['ollama/small:8b'], brief, limits: { maxTurns: 80 } });
          close();
          assert.deepEqual(result, { outcome: 'finished', summary: 'Done.' });
          assert.equal(world.files.text('src/todo.js'), "export const todos = ['milk'];\n");
          assert.match(world.files.text('src/todo.test.js') ?? '', /"quotes" and \\ /);
          const asked = servers.requests.filter(each => each.endpoint === 'generate');
          assert.deepEqual(
            asked.flatMap(each => each.refused ?? []),
            [],
          );
          for (const { request } of asked) {
            assert.ok((request?.promptTokens ?? 0) < contextTokens);
            if (!tools) assert.deepEqual(request?.tools, []);
          }
        });
      }
    }
  }
});
