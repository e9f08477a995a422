/** One piece of YAML in a file: all of it, or a block of a Markdown page. */
export interface Source {
  file: string;
  /** With as many line ends before it as stand before it in the file, so that every place in it is one in the file. */
  text: string;
  /** The heading it stands under, in Markdown. */
  heading?: string;
}

/** What a Markdown page says beside its blocks. */
export interface Page {
  title?: string;
  /** Members by name, with the pool they stand under and what they are good at. */
  members: Map<string, { pool?: string; goodAt: string }>;
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/;
const HEADING = /^(#{1,6})\s+(.+?)\s*#*\s*$/;
const MEMBER = /^\s*[-*]\s+\*\*([A-Za-z0-9][\w.-]{0,63})\*\*\s*:\s*(.+?)\s*$/;
const POOL = /^(.*?)\s+pool\b/i;

/** The fenced YAML blocks of a Markdown page, and what it says of members. */
export function readMarkdown(file: string, text: string): { sources: Source[]; page: Page } {
  const sources: Source[] = [];
  const page: Page = { members: new Map() };
  let heading: string | undefined;
  let open: { mark: string; yaml: boolean; from: number; lines: string[] } | undefined;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const fence = FENCE.exec(line);
    if (open) {
      const closes = fence && fence[2]?.[0] === open.mark[0] && (fence[2]?.length ?? 0) >= open.mark.length;
      if (!closes || fence[3] !== '') {
        open.lines.push(line);
        continue;
      }
      if (open.yaml)
        sources.push({ file, text: '\n'.repeat(open.from) + open.lines.join('\n'), ...(heading && { heading }) });
      open = undefined;
      continue;
    }
    if (fence) {
      open = { mark: fence[2] ?? '```', yaml: /^ya?ml$/i.test(fence[3] ?? ''), from: i + 1, lines: [] };
      continue;
    }
    const title = HEADING.exec(line)?.[2];
    if (title !== undefined) {
      heading = title;
      page.title ??= title;
      continue;
    }
    const [, name, goodAt] = MEMBER.exec(line) ?? [];
    const pool = heading === undefined ? undefined : POOL.exec(heading)?.[1];
    if (name && goodAt && pool) page.members.set(name, { pool: slug(pool), goodAt });
  }
  return { sources, page };
}

/** A name for ids, of words: "1. Development Phase (Codex)" is development. */
export function slug(words: string): string {
  const plain = words
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/^\s*\d+[.)]\s*/, '')
    .replace(/\bphase\b/g, ' ')
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 64);
}
