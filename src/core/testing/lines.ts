// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
const COLOURS = /\x1b\[[\d;]*[A-Za-z]/g;
/** No runner's own line is longer. */
const LONGEST = 1000;

/** Lines as they read on a screen; overlong ones are left empty. */
export const printedLines = (output: string): string[] =>
  output
    .replace(COLOURS, '')
    .split(/\r?\n/)
    .map(line => (line.length > LONGEST ? '' : line));
