import { isRoot, isThere, pathsIn, placeOf, type Workspace } from './places.ts';
import { judgeActing, judgeWrite } from './redirect.ts';
import type { Arg, Simple } from './simple.ts';
import { type Finding, never } from './verdict.ts';

const words = (text: string) => new Set(text.split(' '));

/** Every operand of these is changed. */
const changers = words(
  'rm rmdir unlink shred truncate touch mkdir mkfifo mknod tee chmod chown chgrp chattr setfacl mv patch sponge split csplit',
);
/** The last operand of these is written to, or the folder after `-t`. */
const copiers = words('cp ln install rsync scp');
/** Commands that only tell that a file is there. */
const tellers = words('echo printf test [ ls stat file which type basename dirname realpath readlink');
const rootLike =
  /^(\/|~|\$\{?HOME\}?|\/\*|~\/\*|\.|\.\/|\.\.|\*|\.\/\*|\.\*|\/(home|usr|etc|var|bin|lib|opt|Users|System|boot|srv|tmp)(\/\*?)?)\/?$/i;

/** What must not happen to files, whoever asks. */
export function forbiddenFiles(command: Simple, name: string, workspace: Workspace): Finding | undefined {
  const args = command.args.slice(1);
  return (
    wipes(name, args, workspace) ??
    writesDevice(name, args) ??
    secrets(name, args, workspace) ??
    changes(name, args, workspace)
  );
}

function wipes(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  if (name !== 'rm' && name !== 'find') return undefined;
  const recursive = args.some(arg =>
    /^(-[a-zA-Z]*[rR][a-zA-Z]*|--recursive|--no-preserve-root|-delete)$/.test(arg.text),
  );
  if (!recursive) return undefined;
  const wide = operands(args).find(
    arg => rootLike.test(arg.text) || isRoot(arg, workspace) || (name === 'rm' && !arg.fixed),
  );
  if (!wide || (name === 'find' && /^\.\/?$/.test(wide.text))) return undefined;
  return never('deletes-everything', 'Delete single files with delete_file, or name one folder of the workspace.');
}

function writesDevice(name: string, args: Arg[]): Finding | undefined {
  const onto = args.some(arg => /^of=\/dev\/(?!null$)/.test(arg.text));
  return name === 'dd' && onto ? judgeWrite('device') : undefined;
}

function secrets(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  if (tellers.has(name)) return undefined;
  // What grep looks for is no path, even if it reads like one.
  const pattern = /^[ef]?grep$/.test(name) ? operands(args)[0] : undefined;
  for (const arg of args) {
    if (arg === pattern) continue;
    // A bare word such as "secrets" may mean anything, unless there is a file of that name.
    if (pathsIn(arg).some(part => placeOf(part, workspace) === 'secret' && meant(part, workspace)))
      return never('reads-secret', 'Files that hold secrets are not touched. Ask the user for what you need to know.');
  }
  return undefined;
}

const meant = (part: Arg, workspace: Workspace) => /[./\\]/.test(part.text) || isThere(part, workspace);

const operands = (args: Arg[]) => args.filter(arg => !/^-./.test(arg.text));

function changes(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  const inPlace = /^(sed|perl|ruby)$/.test(name) && args.some(arg => /^(-[a-zA-Z]*i|--in-place)/.test(arg.text));
  const all = operands(args);
  let changed: Arg[] = [];
  if (changers.has(name)) changed = all;
  else if (inPlace) changed = all.slice(1);
  else if (copiers.has(name)) changed = [...all.slice(-1), ...targets(args)];
  else if (name === 'dd')
    changed = args.flatMap(arg => (arg.text.startsWith('of=') ? { ...arg, text: arg.text.slice(3) } : []));
  for (const arg of changed) {
    const finding = judgeWrite(placeOf(arg, workspace));
    if (finding.verdict === 'deny') return finding;
  }
  if (name === 'mkdir' || name === 'rmdir') return undefined;
  for (const arg of changed) {
    const acting = judgeActing(arg, workspace);
    if (acting) return acting;
  }
  return undefined;
}

/** What `-t` and `--target-directory` name. */
function targets(args: Arg[]): Arg[] {
  return args.flatMap((arg, i) => {
    if (arg.text === '-t') return args[i + 1] ?? [];
    const long = /^--target-directory=/.exec(arg.text);
    return long ? { ...arg, text: arg.text.slice(long[0].length) } : [];
  });
}
