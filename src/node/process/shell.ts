import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The program that understands command lines, and how it is started with one. */
export interface Shell {
  /** The language that the command policy must judge. */
  kind: 'posix' | 'cmd';
  file: string;
  args: (line: string, apart?: boolean) => string[];
  /** Arguments reach the program as they are written, as cmd.exe wants it. */
  verbatim: boolean;
}

interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  exists: (path: string) => boolean;
}

/** Bash where there is one, because that is what models write; else the platform's own shell. */
export function findShell(
  { platform, env, exists }: Machine = { platform: process.platform, env: process.env, exists: existsSync },
): Shell {
  if (platform !== 'win32') {
    const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find(exists);
    return posix(bash ?? '/bin/sh', bash !== undefined);
  }
  const bash = gitBashPlaces(env).find(exists);
  if (bash) return posix(bash, true);
  const file = env.ComSpec ?? env.COMSPEC ?? 'cmd.exe';
  return { kind: 'cmd', file, args: line => ['/d', '/s', '/c', `"chcp 65001>nul & ${line}"`], verbatim: true };
}

function posix(file: string, isBash: boolean): Shell {
  // One pipe for both streams keeps what is said in the order in which it is said.
  const args = (line: string, apart = false) => [
    ...(isBash ? ['--noprofile', '--norc'] : []),
    '-c',
    apart ? line : `exec 2>&1\n${line}`,
  ];
  return { kind: 'posix', file, args, verbatim: false };
}

/** Never the bash in the system folder, which starts another machine. */
function gitBashPlaces(env: NodeJS.ProcessEnv): string[] {
  const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA && join(env.LOCALAPPDATA, 'Programs')];
  const installed = roots.flatMap(root => (root ? [join(root, 'Git', 'bin', 'bash.exe')] : []));
  const path = env.Path ?? env.PATH ?? '';
  const besideGit = path
    .split(delimiter)
    .filter(folder => /[\\/]Git[\\/]cmd[\\/]?$/i.test(folder))
    .map(folder => join(dirname(folder), 'bin', 'bash.exe'));
  return [...installed, ...besideGit];
}
