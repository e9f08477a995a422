import type { Simple } from './simple.ts';
import { deny, type Finding } from './verdict.ts';

/** Global options of git that take a word of their own. */
const valued = /^(-C|-c|--git-dir|--work-tree|--namespace|--exec-path|--super-prefix|--config-env|--attr-source)$/;

/** The subcommand of a git command and what follows it, global options left out. */
export function gitParts(command: Simple): { verb: string; rest: string[]; options: string[] } {
  const texts = command.args.slice(1).map(arg => arg.text);
  const options: string[] = [];
  let at = 0;
  for (; at < texts.length; at++) {
    const text = texts[at] ?? '';
    if (!text.startsWith('-')) break;
    options.push(text);
    if (valued.test(text)) at++;
  }
  return { verb: texts[at] ?? '', rest: texts.slice(at + 1), options };
}

const has = (rest: string[], pattern: RegExp) => rest.some(text => pattern.test(text));

/** What throws work away or lets it out, by subcommand. */
const forbidden: Record<string, (rest: string[]) => boolean> = {
  push: () => true,
  'send-pack': () => true,
  'send-email': () => true,
  reset: rest => has(rest, /^--(hard|merge|keep)$/),
  clean: rest => !has(rest, /^(-[a-zA-Z]*n[a-zA-Z]*|--dry-run)$/),
  checkout: rest => has(rest, /^(-f|--force|--|\.|-[a-zA-Z]*f[a-zA-Z]*|--ours|--theirs|--pathspec-from-file.*)$/),
  switch: rest => has(rest, /^(-f|--force|--discard-changes|-C)$/),
  restore: () => true,
  stash: rest => has(rest, /^(drop|clear)$/),
  branch: rest => has(rest, /^(-[a-zA-Z]*[dDMf][a-zA-Z]*|--delete|--force)$/),
  tag: rest => has(rest, /^(-d|--delete|-f|--force)$/),
  'filter-branch': () => true,
  'filter-repo': () => true,
  'update-ref': () => true,
  'symbolic-ref': rest => rest.length > 1,
  reflog: rest => has(rest, /^(expire|delete)$/),
  gc: rest => has(rest, /^--prune/),
  prune: () => true,
  replace: () => true,
  worktree: rest => has(rest, /^(remove|prune)$/),
  rm: rest => !has(rest, /^(-n|--dry-run|--cached)$/),
  'read-tree': () => true,
  'checkout-index': () => true,
  credential: () => true,
};

export function forbiddenGit(command: Simple, name: string): Finding | undefined {
  if (name !== 'git') return undefined;
  const { verb, rest } = gitParts(command);
  if (!Object.hasOwn(forbidden, verb) || !forbidden[verb]?.(rest)) return undefined;
  return deny(
    verb === 'push' || verb.startsWith('send') ? 'git-publishes' : 'git-discards-work',
    "History and branches are the user's. Change files with the file tools; say in your summary what should be done with git.",
  );
}
