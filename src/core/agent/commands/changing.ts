import type { RelPath } from '../../../protocol/ids.ts';
import { actsBy } from '../../acting-files.ts';
import { actsRule } from '../../session/fold/consents.ts';
import { judgeFolders } from './folders.ts';
import { absolute, ownPath, type Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, askFirmly, type Finding } from './verdict.ts';

/** Options of these commands that change nothing about which files they write. */
const options: Record<string, RegExp> = {
  cp: /^-[fnpvrR]+$|^--(force|no-clobber|verbose|recursive)$/,
  mv: /^-[fnv]+$|^--(force|no-clobber|verbose)$/,
  touch: /^-[acm]+$/,
};

/**
 * Judges commands that make, copy and move single files of the task's claim; undefined for all else. What stood there
 * before is kept, and what they leave is reviewed as the agent's.
 */
export function judgeChange(name: string, args: readonly Arg[], workspace: Workspace): Finding | undefined {
  const known = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!known || !workspace.claims || !workspace.own || !workspace.disk) return undefined;
  const flags = args.filter(arg => /^-./.test(arg.text));
  const words = args.filter(arg => !/^-./.test(arg.text));
  if (!args.every(arg => arg.fixed && !arg.glob) || !flags.every(arg => known.test(arg.text))) return undefined;
  if (name === 'touch') return judgeTargets(words, workspace);
  const to = words.at(-1);
  const from = words.slice(0, -1);
  if (!to || from.length === 0) return undefined;
  const recursive = flags.some(({ text }) => /^(-\w*[rR]|--recursive)/.test(text));
  const sources = name === 'mv' ? judgeTargets(from, workspace) : judgeSources(from, recursive, workspace);
  if (sources !== allowed) return sources;
  const isFolder = namesIn(to, workspace) !== undefined;
  if (recursive && (isFolder || ownPath(to, workspace) === undefined || isThere(to, workspace)))
    return ask('changes-folder', 'Copy a folder to where there is none yet.');
  if (!isFolder) return from.length === 1 ? judgeTargets([to], workspace) : undefined;
  const inFolder = from.map(arg => ({
    ...to,
    text: `${to.text.replace(/\/+$/, '')}/${arg.text.replace(/^.*\//, '')}`,
  }));
  return judgeTargets(inFolder, workspace);
}

/** Whether the one file that a redirection names may be written. */
export const judgeWritten = (target: Arg, workspace: Workspace): Finding | undefined =>
  workspace.claims && workspace.own && workspace.disk ? judgeTargets([target], workspace) : undefined;

const folderOf = (arg: Arg, workspace: Workspace) => {
  const path = /^\.?\/*$/.test(arg.text) ? undefined : ownPath(arg, workspace);
  return path === undefined ? undefined : absolute(path, workspace);
};
function namesIn(arg: Arg, workspace: Workspace) {
  const folder = folderOf(arg, workspace);
  return folder === undefined ? undefined : workspace.disk?.names(folder);
}
function isThere(arg: Arg, workspace: Workspace): boolean {
  const at = folderOf(arg, workspace);
  return at !== undefined && workspace.disk?.exists(at) === true;
}

function judgeSources(args: readonly Arg[], recursive: boolean, workspace: Workspace): Finding {
  for (const arg of args) {
    const at = folderOf(arg, workspace);
    const isFile = at !== undefined && workspace.disk?.changedAt(at) !== undefined;
    if (!isFile && !recursive) return ask('unknown-source', `"${arg.text.slice(0, 80)}" is no file that is there.`);
  }
  return recursive ? judgeFolders(args, workspace) : allowed;
}

/** Each of them a file, there or not, that the task may write and that nobody runs by itself. */
function judgeTargets(args: readonly Arg[], workspace: Workspace): Finding {
  const paths: RelPath[] = [];
  for (const arg of args) {
    const path = ownPath(arg, workspace);
    if (path === undefined || namesIn(arg, workspace))
      return ask('unknown-target', `"${arg.text.slice(0, 80)}" is not the plain name of a file in the workspace.`);
    if (!workspace.claims?.(path))
      return ask('outside-claim', `"${path}" is not among the files that the task may write.`);
    if (path.split('/').includes('node_modules'))
      return ask('changes-packages', 'Installed packages are changed by their manager alone.');
    const says = actsBy(path);
    if (says) return askFirmly(actsRule, `It would change "${path}". ${says}`);
    paths.push(path);
  }
  for (const path of paths) workspace.line?.written.add(path);
  return allowed;
}
