import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { knownProviders } from '../../../src/core/config/known-providers.ts';
import { loadConfig } from '../../../src/core/config/load.ts';

describe('docs/configuration.md', () => {
  it('shows a configuration that loads without a word, and names every variable of a key', async () => {
    const text = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
    assert.ok(yaml);
    const { problems, config } = await loadConfig({ user: { source: 'docs', text: yaml } });
    assert.deepEqual(problems, []);
    assert.equal(Object.keys(config).length, 5);
    for (const { keyEnv } of Object.values(knownProviders)) {
      if (keyEnv[0]) assert.ok(text.includes(keyEnv[0]), keyEnv[0]);
    }
  });
});
