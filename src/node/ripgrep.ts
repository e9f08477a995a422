import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { SearchQuery } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { spansLines } from './matching-lines.ts';

const NAME = process.platform === 'win32' ? 'rg.exe' : 'rg';

async function firstUsable(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const candidate = join(folder, NAME);
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return undefined;
}

/** A ripgrep on PATH, if there is one. */
export const findRipgrep = (path = process.env.PATH ?? ''): Promise<string | undefined> =>
  firstUsable(path.split(delimiter).filter(folder => folder !== ''));

/** The one that VS Code searches with: where it stands has changed with its versions, and with how it is packed. */
export const findEditorsRipgrep = (appRoot: string): Promise<string | undefined> =>
  firstUsable(
    ['node_modules', 'node_modules.asar.unpacked'].flatMap(modules => [
      join(appRoot, modules, '@vscode', 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`),
      join(appRoot, modules, '@vscode', 'ripgrep', 'bin'),
    ]),
  );

/** Of all rules of what to ignore only those of .gitignore files below the folder, as our own walk has it. */
const IGNORING = ['dot', 'exclude', 'global', 'parent'].map(rules => `--no-ignore-${rules}`).concat('--no-require-git');
const WIDE = ['--text', '--hidden', '--no-config', ...IGNORING, '--glob', '!node_modules', '--glob', '!.git'];

const escaped = (text: string) => text.replace(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&');

/** The pattern with every way to end a line where it ends one; undefined where that cannot be told. */
function inAnyLineEnds({ pattern, regex }: SearchQuery): string | undefined {
  if (!regex) return pattern.split(/\r?\n/).map(escaped).join('\\r?\\n');
  return /[[$]/.test(pattern) ? undefined : pattern.replace(/\n|((?:^|[^\\])(?:\\\\)*)\\n/g, '$1\\r?\\n');
}

/**
 * Files that may hold a hit: ripgrep only narrows down, our own matcher decides, so results are the same with and
 * without it. Undefined when it could not be asked (missing, a pattern in another dialect).
 */
export function candidates(
  ripgrep: string,
  root: string,
  query: SearchQuery,
  signal?: AbortSignal,
): Promise<Set<RelPath> | undefined> {
  const flags = ['--files-with-matches', '--null', ...WIDE];
  const spans = spansLines(query);
  const pattern = spans ? inAnyLineEnds(query) : query.pattern;
  if (pattern === undefined) return Promise.resolve(undefined);
  if (spans) flags.push('--multiline');
  else flags.push(query.regex ? '--crlf' : '--fixed-strings');
  if (!query.caseSensitive) flags.push('--ignore-case');
  return new Promise(done => {
    const child = spawn(ripgrep, [...flags, '-e', pattern, '--', '.'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      ...(signal && { signal }),
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', () => done(undefined));
    child.on('close', code => {
      if (code !== 0 && code !== 1) return done(undefined);
      const names = Buffer.concat(chunks).toString('utf8').split('\0').filter(Boolean);
      done(new Set(names.map(name => name.replaceAll('\\', '/').replace(/^\.\//, ''))));
    });
  });
}
