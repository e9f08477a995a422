import { Parser } from 'htmlparser2';

/** Says nothing that anybody reads. */
const SILENT = new Set('title script style noscript template svg iframe object nav footer form head'.split(' '));
/** They begin and end a line; those of `APART` with an empty one between. */
const ROWS = new Set('li tr dd dt'.split(' '));
const APART = new Set(
  'address article aside blockquote details div dl fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr main ol p pre section summary table ul'.split(
    ' ',
  ),
);
const DEEPEST_LIST = 6;
/** No page that people wrote is nested like that, and the parser's time grows with it. */
const DEEPEST = 500;
/** Characters: nobody reads more of a page. */
const LONGEST = 400_000;

/** Lines as they come, so that no text is long while it is written. */
class Lines {
  readonly #lines: string[] = [];
  #size = 0;
  line = '';

  get count(): number {
    return this.#lines.length;
  }

  end(apart = false): void {
    const line = this.line.trimEnd();
    this.line = '';
    if (this.#size > LONGEST) return;
    if (line !== '') this.add(line);
    if (apart && this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
  }

  text(): string {
    this.end();
    return this.#lines.join('\n').trim();
  }
}

class TooDeep extends Error {}

/** What a page says, as text with the marks of Markdown for headings, lists, code and links. */
export function htmlText(html: string, base: URL): { title: string; text: string } {
  const lines = new Lines();
  let title = '';
  let silent = 0;
  let depth = 0;
  let inTitle = false;
  let pre = 0;
  let lists = 0;
  const links: { href: string; line: number; from: number }[] = [];

  const endBlock = (name: string) => {
    if (ROWS.has(name)) lines.end();
    else if (APART.has(name)) lines.end(true);
  };
  const say = (said: string) => {
    if (pre > 0) {
      const [first = '', ...more] = said.split('\n');
      lines.line += first;
      for (const next of more) {
        lines.add(lines.line);
        lines.line = next;
      }
      return;
    }
    const words = said.replace(/\s+/g, ' ');
    lines.line += lines.line === '' || lines.line.endsWith(' ') ? words.trimStart() : words;
  };
  const opens: Record<string, (attributes: Record<string, string>) => void> = {
    br: () => lines.end(),
    ul: () => lists++,
    ol: () => lists++,
    li: () => {
      lines.line = `${'  '.repeat(Math.min(DEEPEST_LIST, Math.max(0, lists - 1)))}- `;
    },
    td: () => {
      if (lines.line !== '') lines.line += ' | ';
    },
    pre: () => {
      pre++;
      lines.add('```');
    },
    code: () => {
      if (pre === 0) lines.line += '`';
    },
    img: ({ alt }) => alt && say(`[picture: ${alt}]`),
    a: ({ href = '' }) => links.push({ href, line: lines.count, from: lines.line.length }),
  };
  const closes: Record<string, () => void> = {
    ul: () => lists--,
    ol: () => lists--,
    pre: () => {
      lines.end();
      if (pre > 0) lines.add('```');
      pre = Math.max(0, pre - 1);
    },
    code: () => {
      if (pre === 0) lines.line += '`';
    },
    a: () => {
      const { href, line, from } = links.pop() ?? { href: '', line: -1, from: 0 };
      const to = href === '' || href.startsWith('#') ? null : URL.parse(href, base.href);
      const shown = lines.line.slice(from).trim();
      if (!to || !/^https?:$/.test(to.protocol) || line !== lines.count || shown === '' || pre > 0) return;
      lines.line = `${lines.line.slice(0, from)}[${shown}](${to.href})`;
    },
  };
  opens.th = opens.td as () => void;

  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > DEEPEST) throw new TooDeep();
      if (name === 'title') inTitle = true;
      const unseen = SILENT.has(name) || 'hidden' in attributes || attributes['aria-hidden'] === 'true';
      if (silent > 0 || unseen) {
        silent++;
        return;
      }
      endBlock(name);
      const level = /^h([1-6])$/.exec(name)?.[1];
      if (level !== undefined) lines.line = `${'#'.repeat(Number(level))} `;
      opens[name]?.(attributes);
    },
    ontext(said) {
      if (inTitle) title += said;
      if (silent === 0) say(said);
    },
    onclosetag(name) {
      depth--;
      if (name === 'title') inTitle = false;
      if (silent > 0) {
        silent--;
        return;
      }
      closes[name]?.();
      endBlock(name);
    },
  });
  try {
    parser.end(html);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    lines.end();
    lines.add('[The rest of the page is nested too deep to be read.]');
  }
  return { title: title.replace(/\s+/g, ' ').trim().slice(0, 300), text: lines.text() };
}
