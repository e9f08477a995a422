import type { ImagePart } from '../../../../protocol/message.ts';
import type { ForeignPart } from '../../../ports.ts';
import { showImage } from '../show-image.ts';

const KEPT = 30_000;

const json = (value: unknown): string => {
  try {
    return JSON.stringify(value, null, 1) ?? String(value);
  } catch {
    return '(a value that cannot be written down)';
  }
};

function partText(part: ForeignPart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'json':
      return json(part.value);
    case 'data': {
      return picturesIn([part]).length > 0
        ? `[${part.mediaType}, ${part.bytes} bytes]`
        : `[${part.mediaType}, ${part.bytes} bytes: it cannot be shown to you]`;
    }
  }
}

export interface PictureIn {
  image: ImagePart;
  bytes: Uint8Array;
}

/** Parts that models can look at. */
export const picturesIn = (parts: readonly ForeignPart[]): PictureIn[] =>
  parts.flatMap(part => {
    if (part.type !== 'data' || part.content === undefined) return [];
    const { content: bytes } = part;
    const shown = showImage('', bytes);
    return shown?.ok ? (shown.images ?? []).map(image => ({ image, bytes })) : [];
  });

/** What a model reads of a result: the beginning and the end, where it is long. */
export function resultText(parts: readonly ForeignPart[]): { text: string; omitted: number } {
  const text = parts
    .map(partText)
    .filter(part => part.trim() !== '')
    .join('\n');
  if (text.length <= KEPT) return { text, omitted: 0 };
  const omitted = text.length - KEPT;
  return { text: `${text.slice(0, KEPT / 2)}\n[… ${omitted} characters …]\n${text.slice(-KEPT / 2)}`, omitted };
}
