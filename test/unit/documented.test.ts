import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { BUILT_IN_ROLES } from '../../src/core/agent/prompts/roles.ts';
import { knownProviders } from '../../src/core/config/known-providers.ts';
import { loadConfig } from '../../src/core/config/load.ts';
import { parsePlan } from '../../src/core/plan/parse.ts';
import { AgentTask, Check, CheckTask, CommandTask, Plan } from '../../src/protocol/plan.ts';

async function page(name: string): Promise<{ text: string; yaml: string }> {
  const text = await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(yaml);
  return { text, yaml };
}

describe('docs/configuration.md', () => {
  it('shows a configuration that loads without a word, and names every variable of a key', async () => {
    const { text, yaml } = await page('configuration.md');
    const { problems, config } = await loadConfig({ user: { source: 'docs', text: yaml } });
    assert.deepEqual(problems, []);
    assert.equal(Object.keys(config).length, 5);
    for (const [, block = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      const loaded = await loadConfig({ user: { source: 'docs', text: block } });
      assert.deepEqual(loaded.problems, []);
    }
    for (const { keyEnv } of Object.values(knownProviders)) {
      if (keyEnv[0]) assert.ok(text.includes(keyEnv[0]), keyEnv[0]);
    }
  });
});

describe('docs/workflows.md', () => {
  it('shows a workflow that may run as it stands, and names every key', async () => {
    const { text, yaml } = await page('workflows.md');
    const parsed = parsePlan(yaml, { roles: BUILT_IN_ROLES.map(({ name }) => name), budgetUsd: 5 });
    assert.deepEqual(parsed.ok ? parsed.warnings : parsed.problems, []);
    const schemas = [Plan, AgentTask, CommandTask, CheckTask, ...Check.options];
    const keys = new Set(schemas.flatMap(({ shape }) => Object.keys(shape)));
    for (const key of keys) assert.match(text, new RegExp(`\\b${key}\\b`), key);
  });
});
