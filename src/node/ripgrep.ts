import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { SearchQuery } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';

/** A ripgrep on PATH, if there is one. The editor passes the one it ships instead. */
export async function findRipgrep(path = process.env.PATH ?? ''): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return undefined;
}

const WIDE = ['--text', '--hidden', '--no-ignore', '--no-config', '--glob', '!node_modules', '--glob', '!.git'];

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
  if (!query.regex) flags.push('--fixed-strings');
  if (!query.caseSensitive) flags.push('--ignore-case');
  return new Promise(done => {
    const child = spawn(ripgrep, [...flags, '-e', query.pattern, '--', '.'], {
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
