import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './host/paths.ts';

const call = /\bl10n\.t\(/g;
const literal = /\bl10n\.t\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/g;

/** Every text that the code shows through `vscode.l10n.t`, as the bundle that translators start from. */
export function shownTexts(): { bundle: Record<string, string>; untranslatable: string[] } {
  const bundle: Record<string, string> = {};
  const untranslatable: string[] = [];
  for (const file of globSync('src/**/*.ts', { cwd: root }).sort()) {
    const source = readFileSync(join(root, file), 'utf8');
    const texts = [...source.matchAll(literal)].map(match => match[1] ?? match[2] ?? '');
    for (const text of texts) bundle[unescaped(text)] = unescaped(text);
    // A text that is put together cannot be looked up.
    if (texts.length !== [...source.matchAll(call)].length) untranslatable.push(file);
  }
  return { bundle, untranslatable };
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
