import { judgeFolders } from './folders.ts';
import { type Calling, judgeCalling } from './options.ts';
import type { Workspace } from './places.ts';
import { reading } from './reading.ts';
import { judgeShape, type Shape } from './shape.ts';
import type { Arg } from './simple.ts';
import { allowed, type Finding } from './verdict.ts';

/** Without its options that run programs, read lists from files, follow links or look at what is hidden or ignored. */
const ripgrep: Calling = {
  flags:
    '--line-number --no-line-number --ignore-case --smart-case --case-sensitive --fixed-strings --word-regexp --line-regexp ' +
    '--count --count-matches --files --files-with-matches --files-without-match --only-matching --invert-match --multiline ' +
    '--multiline-dotall --no-heading --heading --no-filename --with-filename --column --trim --stats --json --vimgrep --pcre2 ' +
    '--passthru --null --quiet --no-messages --crlf --text --type-list --pretty --max-columns-preview',
  letters: 'nNiSsFwxclovUHIPqpa',
  number:
    '--max-count -m --after-context -A --before-context -B --context -C --max-depth -d --max-columns -M --threads -j',
  names: '--type -t --type-not -T',
  choice: {
    '--glob -g --iglob': /^!?[\w.*?@/{},[\]-]+$/,
    '--regexp -e': /^[\s\S]*$/,
    '--replace -r': /^[\s\S]*$/,
    '--color --colors': /^[\w:]+$/,
    '--sort --sortr': 'path modified accessed created none',
  },
  attached: { '-A -B -C -m -M': /^\d+$/, '-t -T': /^\w+$/ },
  operands: 'paths',
};

const patternOptions = /^(-e|--regexp)(=|$)|^--(files|type-list)$/;

/** Judges what looks through folders: undefined where nobody can tell what lies in them. */
export function judgeSearch(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  if (name === 'rg') return judgeRipgrep(args, workspace);
  const shape = name === 'grep' || name === 'egrep' || name === 'fgrep' ? reading[name] : undefined;
  if (!shape || !args.some(isRecursive)) return undefined;
  // With patterns for names it only looks at less.
  const plain = args.flatMap(arg => {
    if (/^--(include|exclude|exclude-dir)=[\w.*?{}, -]+$/.test(arg.text) && arg.fixed) return [];
    if (!isRecursive(arg)) return arg;
    const rest = arg.text.replace('r', '');
    return rest === '-' || rest.startsWith('--') ? [] : { ...arg, text: rest };
  });
  const found = judgeShape(plain, shape, workspace);
  if (found !== allowed) return found;
  const folders = searched(plain, shape);
  return judgeFolders(folders.length > 0 ? folders : [here], workspace);
}

const isRecursive = ({ text, fixed }: Arg) => fixed && (/^-[a-zA-Z]*r[a-zA-Z]*$/.test(text) || text === '--recursive');
const here: Arg = { text: '.', fixed: true, glob: false, runs: [] };

/** The words after the options and the pattern. */
function searched(args: readonly Arg[], { valued = {}, text = 0 }: Shape): Arg[] {
  const words: Arg[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as Arg;
    if (Object.hasOwn(valued, arg.text)) at++;
    else if (!/^-./.test(arg.text)) words.push(arg);
  }
  return words.slice(text);
}

function judgeRipgrep(args: Arg[], workspace: Workspace): Finding | undefined {
  if (!workspace.disk) return undefined;
  const hasPattern = args.some(arg => patternOptions.test(arg.text));
  const valued =
    /^(-[mABCdMjtTger]|--(max-count|after-context|before-context|context|max-depth|max-columns|threads|type|type-not|glob|iglob|regexp|replace|color|colors|sort|sortr))$/;
  let skipped = hasPattern
    ? -1
    : args.findIndex((arg, i) => !arg.text.startsWith('-') && !valued.test(args[i - 1]?.text ?? ''));
  const pattern = args[skipped];
  if (pattern && (!pattern.fixed || pattern.glob)) skipped = -1;
  const rest = args.filter((_, i) => i !== skipped);
  const found = judgeCalling(rest, ripgrep, workspace);
  if (found !== allowed) return found;
  const folders = rest.filter((arg, i) => !arg.text.startsWith('-') && !valued.test(rest[i - 1]?.text ?? ''));
  // It passes over names with a dot in front of its own accord.
  return judgeFolders(folders.length > 0 ? folders : [here], workspace, name => name.startsWith('.'));
}
