import type { Shape } from './shape.ts';

const number = /^[+-]?\d+[kKmMgGcbwl]?$/;
const word = /^[^-/~][^/]*$|^.?$/;
const long = (names: string) => `--(${names.replaceAll(' ', '|')})(=[\\w,.+-]*)?`;
const options = (short: string, names = '') => new RegExp(`^(-[${short}]+${names ? `|${long(names)}` : ''})$`);
const paths = (short: string, names = ''): Shape => ({ options: options(short, names), operands: 'paths' });
const hash: Shape = { options: /^(-b|-t|-a\d*|--tag)$/, operands: 'paths' };

/** All but `-v` and `-R`, which evaluate what stands in brackets after a name; no expansion may bring them in. */
const testing: Shape = {
  options: /^-(a|b|c|d|e|f|g|h|k|L|n|N|o|O|p|r|s|S|t|u|w|x|z|G|eq|ne|lt|le|gt|ge|nt|ot|ef)$/,
  operands: 'written',
};

/** No `-v` and no `%n`, which set variables: PATH, say. */
const printfFormat = /^(?!-)([^%]|%%|%[-+ #0]*\d*(\.\d+)?[sdibqcxXoufFeEgG])*$/;

/**
 * `sed` that prints or substitutes, without its commands that write files or run others. An escaped slash does not end
 * an address: what seems to be a second one could be a command.
 */
const sedScript =
  /^(\d+|\$|\/([^/\\\n]|\\.)*\/)?(,(\d+|\$|\/([^/\\\n]|\\.)*\/))?[pdq=]$|^s(?<mark>[/|#,])((?!\k<mark>)[^\\\n]|\\.)*\k<mark>((?!\k<mark>)[^\\\n]|\\.)*\k<mark>[gIip\d]*$/;

/** Commands that only read, and how they may be called. */
export const reading: Record<string, Shape> = {
  '[': testing,
  awk: {
    valued: { '-F': /^(.|\\t|\[[^\]]*\])$/ },
    options: /^-F(.|\\t)$/,
    text: 1,
    // Prints fields, and no more: it can run, write and read anything.
    textForm:
      /^\s*((NR|NF)\s*(==|!=|[<>]=?)\s*\d+\s*|\/[^/\\\n]*\/\s*)?(\{\s*print(\s+\$(\d+|NF)(\s*,\s*\$(\d+|NF))*)?\s*;?\s*\})?\s*$/,
    operands: 'paths',
  },
  base64: { options: /^(-d|-D|-w\d*|--decode|--wrap=\d+)$/, valued: { '-w': number }, operands: 'paths' },
  basename: { options: /^-a$/, operands: 'text' },
  break: { operands: 'names', max: 1 },
  cat: paths('AbeEnstTuv', 'number show-all'),
  cksum: hash,
  cmp: paths('bls', 'silent quiet'),
  column: { options: options('tnx'), valued: { '-s': /^.*$/ }, operands: 'paths' },
  comm: paths('123'),
  continue: { operands: 'names', max: 1 },
  cut: {
    options: /^(-[dfcb].+|-s|--complement|--output-delimiter=.*)$/,
    valued: { '-d': /^.$/, '-f': /^[\d,-]+$/, '-c': /^[\d,-]+$/, '-b': /^[\d,-]+$/ },
    operands: 'paths',
  },
  date: {
    options: /^(-u|-I\w*|-R|--utc|--iso-8601(=\w+)?|--rfc-3339=\w+)$/,
    text: 1,
    textForm: /^\+/,
  },
  df: { options: options('hkmPT'), operands: 'paths' },
  diff: {
    options: /^(-[uqwbBisyNE]+|-U\d+|--(unified|brief|color|ignore-all-space|side-by-side|stat)(=[\w]+)?)$/,
    valued: { '-U': number },
    operands: 'paths',
    filesOnly: true,
  },
  dirname: { operands: 'text' },
  du: {
    options: /^(-[abchkmsx]+|-d\d+|--(max-depth=\d+|summarize|human-readable|apparent-size))$/,
    valued: { '-d': number },
    operands: 'paths',
    tells: true,
  },
  echo: { options: /^-./, operands: 'text' },
  egrep: {
    options: options('acFGhHiLlnoqsvwxzE', 'color ignore-case line-number count only-matching'),
    valued: { '-m': number, '-A': number, '-B': number, '-C': number },
    text: 1,
    operands: 'paths',
  },
  expand: paths('i'),
  expr: { operands: 'text' },
  false: { operands: 'text' },
  fgrep: { options: options('acFGhHiLlnoqsvwxz'), text: 1, operands: 'paths' },
  file: { options: options('bihLk', 'mime mime-type brief'), operands: 'paths', tells: true },
  fmt: { options: /^(-\d+|-s|-u)$/, valued: { '-w': number }, operands: 'paths' },
  fold: { options: /^-[sb]$/, valued: { '-w': number }, operands: 'paths' },
  grep: {
    options:
      /^(-[acEFGhHiLlnoPqsvwxz]+|-[ABCm]\d+|--(color|colour|ignore-case|line-number|count|only-matching|invert-match|max-count|after-context|before-context|context|no-filename|with-filename|files-with-matches|word-regexp|fixed-strings|extended-regexp|quiet)(=[\w]*)?)$/,
    valued: { '-m': number, '-A': number, '-B': number, '-C': number },
    text: 1,
    operands: 'paths',
  },
  head: {
    options: /^(-\d+|-[nc]-?\d+|-q|-v|--(lines|bytes)=-?\d+)$/,
    valued: { '-n': number, '-c': number },
    operands: 'paths',
  },
  hostname: {},
  id: { options: /^-[ugGn]+$/ },
  join: { options: /^-[12tao].*$/, operands: 'paths' },
  jq: {
    options:
      /^(-[rceSnsMCaj]+|--(raw-output|compact-output|exit-status|sort-keys|null-input|slurp|monochrome-output|tab|indent|join-output))$/,
    text: 1,
    textForm: /^(?![\s\S]*\b(env|input|inputs|import|include|input_filename)\b)[^$]*$/,
    operands: 'paths',
  },
  ls: {
    options:
      /^(-[A-Za-z1]+|--(all|almost-all|color|human-readable|recursive|directory|size|sort|time|group-directories-first|full-time)(=[\w-]*)?)$/,
    operands: 'paths',
    tells: true,
  },
  md5sum: hash,
  nl: { options: /^-[ban].?$/, operands: 'paths' },
  nproc: { options: /^--all$/ },
  od: {
    options: /^-[A-Za-z]\w*$/,
    valued: { '-t': /^\w+$/, '-A': /^\w$/, '-N': number, '-j': number },
    operands: 'paths',
  },
  paste: { options: /^(-s|-d.*)$/, valued: { '-d': /^.*$/ }, operands: 'paths' },
  printf: { text: 1, textForm: printfFormat, operands: 'text' },
  pwd: { options: /^-[LP]$/ },
  readlink: { options: /^-[femnq]+$/, operands: 'paths', tells: true },
  realpath: { options: /^(-[emqsz]+|--relative-to=[\w./-]+)$/, operands: 'paths', tells: true },
  rev: { operands: 'paths' },
  sed: {
    options: /^(-[nEru]+|--(quiet|silent|regexp-extended|posix|sandbox))$/,
    valued: { '-e': sedScript },
    text: 1,
    textForm: sedScript,
    operands: 'paths',
  },
  seq: { options: /^(-w|-s.)$/, operands: 'names', max: 3 },
  sha1sum: hash,
  sha256sum: hash,
  sha512sum: hash,
  shasum: hash,
  sleep: { operands: 'names', max: 1 },
  sort: {
    options:
      /^(-[bdfghinMRrsuVz]+|-k[\d.,bdfgiMhnRrV]+|-t.|--(reverse|unique|numeric-sort|human-numeric-sort|version-sort|stable))$/,
    valued: { '-k': /^[\d.,bdfgiMhnRrV]+$/, '-t': /^.$/ },
    operands: 'paths',
  },
  stat: {
    options: /^(-[Ltx]+|-[cf].*|--(format|printf)=.*)$/,
    valued: { '-c': /^.*$/, '-f': /^.*$/ },
    operands: 'paths',
    tells: true,
  },
  strings: { options: /^(-a|-n\d+|-\d+)$/, valued: { '-n': number }, operands: 'paths' },
  tac: { operands: 'paths' },
  tail: {
    options: /^(-\d+|-[nc][+-]?\d+|-q|-v|--(lines|bytes)=[+-]?\d+)$/,
    valued: { '-n': number, '-c': number },
    operands: 'paths',
  },
  test: testing,
  tr: { options: /^-[cdsCt]+$/, operands: 'text', max: 2 },
  tree: {
    options: /^(-[adfishpDCAnrtuvx]+|-L\d+|--(dirsfirst|noreport|prune|gitignore))$/,
    valued: { '-L': number, '-I': /^[^/]*$/, '-P': /^[^/]*$/ },
    operands: 'paths',
    tells: true,
  },
  true: { operands: 'text' },
  ':': { operands: 'text' },
  type: { options: /^-[aptP]+$/, operands: 'names' },
  uname: { options: /^-[amnrspvio]+$/ },
  uniq: {
    options: /^(-[cdiuD]+|-[fsw]\d+|--(count|repeated|unique|ignore-case))$/,
    valued: { '-f': number, '-s': number, '-w': number },
    operands: 'paths',
    max: 1,
  },
  unzip: { options: /^-(l|v|t|lv)$/, operands: 'paths', max: 1 },
  uptime: { options: /^-[ps]$/ },
  wc: { options: options('cmlLw', 'lines words bytes chars max-line-length'), operands: 'paths' },
  which: { options: /^-[as]$/, operands: 'names' },
  whoami: {},
  find: {
    options:
      /^-(print|print0|empty|prune|o|a|not|or|and|depth|mount|xdev|true|false|daystart|L|H|P|E|ls|readable|writable|executable)$/,
    valued: {
      '-name': word,
      '-iname': word,
      '-path': /^[^~]*$/,
      '-ipath': /^[^~]*$/,
      '-wholename': /^[^~]*$/,
      '-regex': /^.*$/,
      '-iregex': /^.*$/,
      '-type': /^[a-z,]+$/,
      '-maxdepth': number,
      '-mindepth': number,
      '-size': number,
      '-mtime': number,
      '-mmin': number,
      '-newer': /^[^/~.][^~]*$/,
      '-perm': /^[\w/+=,-]+$/,
    },
    operands: 'paths',
    tells: true,
  },
};
