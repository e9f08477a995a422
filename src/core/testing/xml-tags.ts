export interface XmlTag {
  name: string;
  kind: 'open' | 'close' | 'empty';
  attributes: ReadonlyMap<string, string>;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (whole, dec, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

/** The tags of an XML text one after the other, as far as it is one; comments, declarations and text are passed over. */
export function* xmlTags(text: string): Generator<XmlTag> {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const skipped = skip(text, at);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const end = endOfTag(text, at + 1);
    if (end < 0) return;
    const tag = tagIn(text.slice(at + 1, end));
    if (tag) yield tag;
    at = end + 1;
  }
}

const PASSED_OVER: [string, string][] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
];

function skip(text: string, at: number): number | undefined {
  for (const [begin, end] of PASSED_OVER) {
    if (!text.startsWith(begin, at)) continue;
    const found = text.indexOf(end, at + begin.length);
    return found < 0 ? text.length : found + end.length;
  }
  return undefined;
}

/** Where the `>` stands that is in no attribute's value. */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return -1;
}

function tagIn(inside: string): XmlTag | undefined {
  const name = /^\/?([A-Za-z_][\w:.-]*)/.exec(inside)?.[1];
  if (name === undefined) return undefined;
  const attributes = new Map<string, string>();
  for (const [, key = '', double, single] of inside.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    attributes.set(key, decode(double ?? single ?? ''));
  return { name, kind: inside.startsWith('/') ? 'close' : inside.endsWith('/') ? 'empty' : 'open', attributes };
}
