import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './host/paths.ts';

/** `vscode.l10n.t(`, and `t(` where a file has taken it out of there. */
const named = { whole: String.raw`\bl10n\.t\(`, short: String.raw`(?:\bl10n\.|(?<![\w.$]))t\(` };
const text = String.raw`\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")`;

/** Every text that the code shows through `vscode.l10n.t`, as the bundle that translators start from. */
export function shownTexts(): { bundle: Record<string, string>; untranslatable: string[] } {
  const bundle: Record<string, string> = {};
  const untranslatable: string[] = [];
  for (const file of globSync(['src/**/*.ts', 'webview-ui/**/*.{ts,tsx}'], { cwd: root }).sort()) {
    const source = readFileSync(join(root, file), 'utf8');
    const call = /const \{ t \} = vscode\.l10n/.test(source) ? named.short : named.whole;
    const texts = [...source.matchAll(new RegExp(call + text, 'g'))].map(match => match[1] ?? match[2] ?? '');
    for (const shown of texts) bundle[unescaped(shown)] = unescaped(shown);
    // A text that is put together cannot be looked up.
    if (texts.length !== [...source.matchAll(new RegExp(call, 'g'))].length) untranslatable.push(file);
  }
  return { bundle, untranslatable };
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
