import type { TranscriptEntry } from '../../src/protocol/transcript.ts';

type Part = TranscriptEntry['parts'][number];

/** Whether a part says it, in whatever case; what is folded counts, too. */
export function matches(part: Part, wanted: string): boolean {
  const text = part.kind === 'call' ? `${part.tool}\n${part.args}\n${part.result ?? ''}` : part.text;
  return text.toLowerCase().includes(wanted.toLowerCase());
}

/** Of each entry the parts that say it; all of them where nothing is looked for. */
export function found(entries: readonly TranscriptEntry[], wanted: string): TranscriptEntry[] {
  if (wanted === '') return [...entries];
  return entries.flatMap(({ by, parts }) => {
    const found = parts.filter(part => matches(part, wanted));
    return found.length > 0 ? [{ by, parts: found }] : [];
  });
}
