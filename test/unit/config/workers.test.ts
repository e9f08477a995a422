import assert from 'node:assert/strict';
import { configuredWorkers } from '../../../src/core/config/workers.ts';

const named = (config: Parameters<typeof configuredWorkers>[0], name: string) =>
  configuredWorkers(config).find(each => each.name === name);

describe('CLI agents in the configuration', () => {
  it('are known without any, and get none of the environment that is not named', () => {
    const all = configuredWorkers({});
    assert.deepEqual(
      all.map(({ name }) => name),
      ['claude', 'codex', 'gemini', 'opencode', 'qwen'],
    );
    for (const { passEnv, explicit } of all) assert.deepEqual([passEnv, explicit], [[], false]);
  });

  it('are changed and added by the user, and left out', () => {
    const config = {
      workers: {
        claude: { passEnv: ['ANTHROPIC_API_KEY'], env: { DISABLE_TELEMETRY: '0' } },
        gemini: { command: '/opt/other' },
        goose: { command: 'goose', args: ['acp'] },
        qwen: { disabled: true },
        nothing: {},
      },
    };
    const claude = named(config, 'claude');
    assert.deepEqual([claude?.command, claude?.passEnv], ['claude-agent-acp', ['ANTHROPIC_API_KEY']]);
    assert.deepEqual([claude?.env.DISABLE_TELEMETRY, claude?.env.DISABLE_AUTOUPDATER], ['0', '1']);
    assert.deepEqual(named(config, 'gemini')?.args, [], 'another program has other arguments');
    assert.deepEqual(named(config, 'goose')?.args, ['acp']);
    assert.equal(named(config, 'qwen'), undefined);
    assert.equal(named(config, 'nothing'), undefined, 'there is nothing to start');
  });
});
