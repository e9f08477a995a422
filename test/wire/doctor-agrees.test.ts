import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { diligent } from '../support/fault-lab.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { callsItsTool } from '../support/tool-caller.ts';
import { endServers, serve } from '../support/wire.ts';

const price = (model: string) => [{ model: `lab/${model}`, input: 1, output: 1 }];
const models = [{ id: 'deepseek-chat' }];

/** Ways to write down one provider, and whether a session can be had of it. */
const written: Record<string, { works: boolean; lab?: object; config?: object }> = {
  'neither a route nor a price': { works: false },
  'a model without a price': { works: false, lab: { models } },
  'a model and its price': { works: true, lab: { models }, config: { prices: price('deepseek-chat') } },
  'a model that costs nothing': { works: true, lab: { models, free: true } },
  'a model that the server does not have': { works: false, lab: { models: [{ id: 'gone' }], free: true } },
  'a route to a model that the vendor does not have, and no other': {
    works: false,
    lab: { kind: 'anthropic' },
    config: { routes: { default: ['lab/gone'], fallback: ['ollama/none'] }, prices: price('gone') },
  },
  'a default route that leads to others that cost nothing': {
    works: false,
    lab: { kind: 'anthropic' },
    config: { routes: { default: ['ollama/qwen3-coder:30b'] } },
  },
  'a vendor’s model that is none of the usual ones': {
    works: true,
    lab: { kind: 'anthropic', models: [{ id: 'claude-fable-5-2' }] },
    config: { prices: price('claude-fable-5-2') },
  },
};

describe('The doctor and a session agree', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  for (const [how, { works, lab = {}, config }] of Object.entries(written)) {
    it(`about a provider with ${how}`, async () => {
      const asked: string[] = [];
      const servers = await serve({
        answer: request => {
          asked.push(request.model);
          return request.tools.some(({ name }) => /^(propose_plan|finish_task)$/.test(name))
            ? diligent(request)
            : callsItsTool(request);
        },
      });
      const entry = { kind: 'openai-compatible' as 'openai-compatible' | 'anthropic', ...lab };
      const providers = {
        anthropic: { kind: 'anthropic', disabled: true },
        lab: { ...entry, baseUrl: servers.urls[entry.kind] },
      };
      const { workspace, env } = await terminalLab(temp.path, () => ({ text: 'no' }), {
        config: { routes: {}, providers, ...config },
      });
      const ran = async (...args: string[]) => {
        const options = { cwd: workspace, env: { ...env, ORCHESTRATE_API_KEY_LAB: 'any-key' } };
        const child = spawn(process.execPath, [program, ...args], options);
        let text = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part));
        return { code: await codeOf(child), text };
      };
      const doctor = (await ran('doctor', '--json')).text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
      const session = await ran('run', 'Do it', '--yes');
      const said = doctor.find(({ provider }: { provider: string }) => provider === 'lab');
      assert.equal(session.code === 0, works, session.text);
      assert.equal(said.ok, works, JSON.stringify(said));
      if ('models' in lab && works)
        assert.deepEqual(
          [...new Set(asked)],
          (lab.models as { id: string }[]).map(({ id }) => id),
        );
    });
  }
});
