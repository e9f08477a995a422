import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest = read('package.json');
const texts: Record<string, string> = read('package.nls.json');

/** Everything in the manifest that a person reads. */
function shown(): unknown[] {
  const { commands, views, viewsWelcome } = manifest.contributes;
  return [
    manifest.displayName,
    manifest.description,
    ...Object.values<{ description: string }>(manifest.capabilities).map(({ description }) => description),
    ...commands.map(({ title }: { title: string }) => title),
    ...Object.values<{ name: string }[]>(views).flatMap(list => list.map(({ name }) => name)),
    ...viewsWelcome.map(({ contents }: { contents: string }) => contents),
  ];
}

describe('the manifest', () => {
  it('takes every text that is shown from package.nls.json', () => {
    for (const text of shown()) assert.match(String(text), /^%[\w.]+%$/);
  });

  it('uses only texts that exist, and every text that exists', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(match => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('offers in texts and menus only commands that are its own or VS Code’s', () => {
    const own = new Set(manifest.contributes.commands.map(({ command }: { command: string }) => command));
    const linked = [
      ...Object.values(texts)
        .join('\n')
        .matchAll(/\(command:([\w.]+)\)/g),
    ].map(match => match[1] ?? '');
    const listed = Object.values<{ command?: string }[]>(manifest.contributes.menus).flatMap(menu =>
      menu.map(({ command }) => command ?? ''),
    );
    for (const command of [...linked, ...listed].filter(name => name.startsWith('orchestrate.'))) {
      assert.ok(own.has(command), command);
    }
  });

  it('never activates for everything', () => {
    const events: string[] = manifest.activationEvents;
    assert.ok(!events.some(event => event === '*' || event === 'onStartupFinished'));
  });

  it('names types of the VS Code that it asks for at least', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });

  it('refers to files that exist', () => {
    const files = [
      manifest.icon,
      ...[...JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g)].map(match => match[1]),
    ];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('keeps its commands that start agents out of workspaces that are not trusted', () => {
    const { commands } = manifest.contributes as { commands: { command: string; enablement?: string }[] };
    const starting = commands.filter(({ command }) => /\.start/.test(command));
    assert.ok(starting.length >= 2);
    for (const { command, enablement } of starting) assert.match(enablement ?? '', /isWorkspaceTrusted/, command);
  });
});
