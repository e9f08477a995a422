import assert from 'node:assert/strict';
import { toJSONSchema } from 'zod';
import { type ConfigSchema, configChoices } from '../../../src/editor/plan/config-choices.ts';
import { Config } from '../../../src/protocol/config.ts';

describe('Completion of a configuration in YAML', () => {
  const schema = toJSONSchema(Config, { io: 'input' }) as ConfigSchema;
  /** What is offered at `|`. */
  const offered = (text: string) => {
    const lines = text.split('\n');
    const line = lines.findIndex(one => one.includes('|'));
    const column = lines[line]?.indexOf('|') ?? 0;
    lines[line] = lines[line]?.replace('|', '') ?? '';
    return configChoices(schema, lines, line, column).map(choice => choice.text);
  };
  const has = (text: string, ...wanted: string[]) => {
    const all = offered(text);
    for (const each of wanted) assert.ok(all.includes(each), `${each} is not among ${all.join(', ')}`);
    return all;
  };

  it('offers the settings themselves, without those that are there', () => {
    const all = has('team:\n  maxAgents: 2\n|\nbudget:\n  sessionUsd: 1\n', 'permissions:', 'routes:');
    assert.ok(!all.includes('team:') && !all.includes('budget:'));
  });

  it('offers what a setting holds, and nothing of its neighbours', () => {
    const all = has('budget:\n  sessionUsd: 1\n  |\n', 'whenSpent: ', 'agentUsd: ');
    assert.ok(!all.includes('sessionUsd: ') && !all.includes('maxAgents: '));
    has('permissions:\n  commands:\n    allow: [a]\n    de|', 'deny:');
  });

  it('offers the keys of what has a name of the user’s own, and of items of a list', () => {
    has('providers:\n  lab:\n    |', 'kind: ', 'baseUrl: ');
    has('prices:\n  - |', 'model: ');
    const more = has('prices:\n  - model: a/b\n    |', 'input: ');
    assert.ok(!more.includes('model: '));
    has('prices:\n- model: a/b\n- |', 'model: ');
  });

  it('offers the values that a key may have', () => {
    assert.deepEqual(offered('team:\n  approvePlan: |'), ['true', 'false']);
    has('providers:\n  lab:\n    kind: o|', 'openai-compatible', 'ollama');
    has('permissions:\n  sandbox: |', 'auto', 'required', 'off');
    assert.deepEqual(offered('budget:\n  sessionUsd: |'), []);
  });

  it('offers nothing where nothing is known', () => {
    assert.deepEqual(offered('nonsense:\n  |'), []);
    assert.deepEqual(offered('constructor:\n  |'), []);
    assert.deepEqual(offered('budget: { |'), []);
  });
});
