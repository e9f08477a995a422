/** What a server says that is no API, for people: the text of a web page, its title first. Undefined if it is none. */
export function webPageText(body: string): string | undefined {
  if (!body.trimStart().startsWith('<')) return undefined;
  const title = textIn(/<title[^<>]*>([\s\S]*?)(?:<\/title>|$)/i.exec(body)?.[1] ?? '');
  const rest = textIn(body.replace(/<(style|script|title|svg)\b[\s\S]*?(?:<\/\1>|$)|<!--[\s\S]*?(?:-->|$)/gi, ' '));
  // Most pages begin with their title once more.
  const text = rest.startsWith(title) ? rest : `${title}: ${rest}`;
  const shown = title !== '' && rest === '' ? title : text;
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/** The sentence for it. */
export function sentWebPage(text: string): string {
  return text === '' ? 'the server sent a web page' : `the server sent a web page: ${text}`;
}

const longest = 200;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'", nbsp: ' ' };

function textIn(html: string): string {
  return html
    .replace(/<[^>]*(?:>|$)/g, ' ')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
