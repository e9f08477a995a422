import { lines, oneLine } from '../../core/plain.ts';
import { withoutIcons } from './text.ts';

/** Markdown that is ours, with other people's texts in it only as text. */
export class Markdown {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

/** Any of these may be escaped; left as it is, one of them makes a link even of a bare address. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

const asText = (text: string) => withoutIcons(oneLine(text)).trim().replace(PUNCTUATION, '\\$&');

/** Markdown as it stands in the source, with whatever is put in shown as text, unless it is Markdown of ours. */
export const md = (ours: TemplateStringsArray, ...others: (string | number | Markdown)[]): Markdown =>
  new Markdown(
    ours.reduce((made, part, i) => {
      const other = others[i - 1] ?? '';
      return made + (other instanceof Markdown ? other.value : asText(String(other))) + part;
    }),
  );

/** A text of others that has lines. */
export const paragraphs = (text: string): Markdown => new Markdown(lines(text).split('\n').map(asText).join('\n\n'));

/** A text of ours that holds Markdown, such as a translated sentence. */
export const ours = (text: string): Markdown => new Markdown(text);

/** A name, path or command. */
export const code = (text: string): Markdown => {
  const line = withoutIcons(oneLine(text)).replaceAll('`', 'ˋ').trim();
  return new Markdown(line === '' ? '' : `\`${line}\``);
};

/** Runs a command when it is pressed, in a string that allows it. */
export const commandLink = (label: string, command: string, args: string): Markdown =>
  md`[${label}](command:${ours(command)}?${ours(encodeURIComponent(args).replace(/[()]/g, bracket => (bracket === '(' ? '%28' : '%29')))})`;

/** Lines of a file, as they are; its own fences end nothing. */
export function codeBlock(text: string, language: string): Markdown {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return new Markdown(`\n\n${fence}${language}\n${lines(text)}\n${fence}`);
}
