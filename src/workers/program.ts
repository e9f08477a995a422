import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

async function runs(path: string, windows: boolean): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    if (!windows) await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const variable = (environment: Environment, name: string) =>
  environment[Object.keys(environment).find(key => key.toUpperCase() === name) ?? name];

/** Where a program is: by its name on the PATH, or by its full path. Relative paths would depend on where one stands. */
export async function findProgram(
  command: string,
  environment: Environment,
  windows = process.platform === 'win32',
): Promise<string | undefined> {
  const extensions = windows ? ['', ...(variable(environment, 'PATHEXT') ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  const folders = isAbsolute(command)
    ? ['']
    : /[\\/]/.test(command)
      ? []
      : (variable(environment, 'PATH') ?? '').split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    for (const extension of extensions) {
      const path = (folder === '' ? command : join(folder, command)) + extension.toLowerCase();
      // A file without an extension is a script of another system there.
      if (windows && !/\.(exe|cmd|bat|com)$/i.test(path)) continue;
      if (await runs(path, windows)) return path;
    }
  }
  return undefined;
}
