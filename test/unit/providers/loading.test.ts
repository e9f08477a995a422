import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a module that prints JSON, in a process of its own. */
async function printed(source: string, env: Record<string, string> = {}): Promise<unknown> {
  const args = ['--input-type=module', '--eval', source];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...env }, timeout: 60_000 });
  return JSON.parse(stdout);
}

const root = new URL('../../../src/', import.meta.url).href;
const watch = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
`;
const create = `
  const { createProvider } = await import('${root}providers/index.ts');
  const kinds = ['anthropic', 'openai', 'openai-compatible', 'google', 'ollama'];
  const providers = kinds.map(kind => createProvider({ name: kind, kind, free: false }, 'a-key-of-somebody'));
`;

describe('Loading the providers', () => {
  it('loads no SDK before the first call', async () => {
    const loaded = await printed(`${watch}${create}
      console.log(JSON.stringify(loaded.filter(url => url.includes('node_modules'))));`);
    assert.deepEqual(loaded, []);
  });

  it('loads the SDK of the one that is called, and no other', async () => {
    const loaded = (await printed(`${watch}${create}
      const signal = new AbortController().signal;
      const request = { model: 'm', system: '', tools: [], messages: [], conversation: 'c' };
      const baseUrl = 'http://127.0.0.1:9';
      const provider = createProvider({ name: 'a', kind: 'anthropic', free: false, baseUrl }, 'a-key-of-somebody');
      for await (const event of provider.stream(request, signal)) if (event.type === 'finish') throw event;
      const packages = loaded.filter(url => url.includes('node_modules')).map(url => url.split('node_modules/')[1]);
      console.log(JSON.stringify([...new Set(packages.map(path => path.split('/').slice(0, 2).join('/')))]));`)) as string[];
    assert.ok(loaded.includes('@anthropic-ai/sdk'), loaded.join());
    assert.ok(!loaded.some(name => name.startsWith('openai') || name.startsWith('@google')), loaded.join());
  });
});
