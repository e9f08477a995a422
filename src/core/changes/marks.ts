import { actsBy } from '../acting-files.ts';
import { rawText } from './raw.ts';

/** Why a change should be looked at before all others. */
export interface Mark {
  /** `acts`: tools run something by the file. `scripts`: what a manifest has others run is different. */
  kind: 'acts' | 'scripts';
  /** In a sentence. */
  says: string;
}

type Contents = (text: string) => Record<string, string>;

/** The parts of a JSON file, as text. */
const jsonParts =
  (names: string): Contents =>
  text => {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF|^\u00EF\u00BB\u00BF/, ''));
    if (typeof value !== 'object' || value === null) return {};
    const parts: Record<string, string> = {};
    for (const name of names.split(' ')) {
      const part = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (typeof part === 'object' && part !== null && !Array.isArray(part))
        for (const [key, inner] of Object.entries(part)) parts[`${name}.${key}`] = JSON.stringify(inner);
      else if (part !== undefined) parts[name] = JSON.stringify(part);
    }
    return parts;
  };

/** The tables of a TOML file that say what is run, each as its text. */
const tomlParts =
  (tables: RegExp): Contents =>
  text =>
    Object.fromEntries(
      text
        .split(/^(?=\s*\[)/m)
        .map(table => [/^\s*\[+\s*([^\]]+?)\s*\]/.exec(table)?.[1] ?? '', table.trim()] as const)
        .filter(([name]) => tables.test(name)),
    );

/** Manifests with parts that others run: when packages are installed or built, at a commit, or by their names. */
const MANIFESTS: Record<string, Contents> = {
  'package.json': jsonParts('scripts husky lint-staged simple-git-hooks pre-commit packageManager'),
  'composer.json': jsonParts('scripts'),
  'deno.json': jsonParts('tasks'),
  'deno.jsonc': jsonParts('tasks'),
  'pyproject.toml': tomlParts(
    /^(build-system|project\.(gui-)?scripts|tool\.[\w.-]*(scripts|tasks|build|hooks)[\w.-]*)$/,
  ),
};

/** What is special about a change, by its file's name and by what it held before and holds now. */
export function markOf(
  path: string,
  before: () => Uint8Array | null,
  after: () => Uint8Array | null,
): Mark | undefined {
  const acts = actsBy(path);
  if (acts !== undefined) return { kind: 'acts', says: acts };
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const parts = Object.hasOwn(MANIFESTS, name) ? MANIFESTS[name] : undefined;
  if (!parts) return undefined;
  const changed = difference(partsOf(parts, before()), partsOf(parts, after()));
  if (changed === undefined) return { kind: 'scripts', says: 'What it has others run cannot be read.' };
  if (changed.length === 0) return undefined;
  return { kind: 'scripts', says: `What it has others run is different: ${changed.join(', ')}.` };
}

function partsOf(read: Contents, bytes: Uint8Array | null): Record<string, string> | undefined {
  if (bytes === null) return {};
  try {
    return read(rawText(bytes));
  } catch {
    return undefined;
  }
}

function difference(before: Record<string, string> | undefined, after: Record<string, string> | undefined) {
  if (!before || !after) return undefined;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(name => before[name] !== after[name]);
}
