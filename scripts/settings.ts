/**
 * `npm run settings`: writes the settings of package.json, and their texts in package.nls.json, as the schemas of the
 * configuration have them. `-- --check` only says whether they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './host/paths.ts';
import { settingsForm } from './settings/form.ts';

const { configuration, texts } = settingsForm();
const generated = (key: string) => /^config\.(?!group\.)/.test(key);
const stale: string[] = [];

function update(name: string, change: (content: Record<string, unknown>) => unknown): void {
  const file = join(root, name);
  const before = readFileSync(file, 'utf8');
  const after = `${JSON.stringify(change(JSON.parse(before)), undefined, 2)}\n`;
  if (after === before) return;
  if (process.argv.includes('--check')) stale.push(name);
  else writeFileSync(file, after);
}

update('package.json', content => ({
  ...content,
  contributes: { ...(content.contributes as object), configuration },
}));
update('package.nls.json', content => {
  const byHand = new Set(JSON.stringify(configuration).match(/(?<="markdownDescription":"%)[^%]+/g));
  const kept = Object.entries(content).filter(([key]) => !generated(key) || byHand.has(key));
  return { ...Object.fromEntries(kept), ...texts };
});
if (stale.length > 0) {
  console.error(`${stale.join(' and ')} do not say what the configuration's schemas say; run: npm run settings`);
  process.exitCode = 1;
}
