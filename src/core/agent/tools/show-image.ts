import type { ImagePart } from '../../../protocol/message.ts';
import { toBase64 } from '../../base64.ts';
import type { ToolResult } from '../contract.ts';
import { type ImageFacts, imageFacts } from './images.ts';
import { refuse } from './tool.ts';

/** What every vendor takes: five million characters of base64. */
export const LARGEST_IMAGE = 3_750_000;
const LONGEST_SIDE = 8000;

const FOR_MODELS =
  'Make a smaller copy of it with run_command (at most 1568 pixels a side is all that models see) and read that.';
const FOR_PEOPLE = 'Make a smaller copy: at most 1568 pixels a side is all that models see.';

type Looked = { ok: true; facts: ImageFacts } | { ok: false; refusal: 'too-large' | 'broken-image'; text: string };

const heavy = (bytes: number) => `has ${bytes} bytes, and an image can be shown up to ${LARGEST_IMAGE}.`;

/** What an image is, or why no vendor would take it; undefined where it is none. */
function lookAt(bytes: Uint8Array, smaller: string): Looked | undefined {
  const facts = imageFacts(bytes);
  if (facts === undefined) return undefined;
  if (facts === 'broken') {
    const text = `begins like an image but is cut off or damaged (${bytes.length} bytes).`;
    return { ok: false, refusal: 'broken-image', text };
  }
  const refusal = 'too-large';
  if (bytes.length > LARGEST_IMAGE) return { ok: false, refusal, text: `${heavy(bytes.length)} ${smaller}` };
  const { width, height } = facts;
  if (Math.max(width, height) <= LONGEST_SIDE) return { ok: true, facts };
  return { ok: false, refusal, text: `has ${width} × ${height} pixels, more than models take. ${smaller}` };
}

export const imageTooLarge = (path: string, bytes: number): ToolResult =>
  refuse('too-large', `"${path}" ${heavy(bytes)} ${FOR_MODELS}`);

/** An image as a result that models can look at; undefined where it is none. */
export function showImage(path: string, bytes: Uint8Array): ToolResult | undefined {
  const looked = lookAt(bytes, FOR_MODELS);
  if (!looked) return undefined;
  if (!looked.ok) return refuse(looked.refusal, `"${path}" ${looked.text}`);
  const { width, height, mediaType } = looked.facts;
  const kind = mediaType.slice('image/'.length).toUpperCase();
  const output = `${path}: an image, ${kind}, ${width} × ${height} pixels, ${bytes.length} bytes.`;
  const image: ImagePart = { type: 'image', mediaType, data: toBase64(bytes) };
  return { ok: true, output, images: [image] };
}

/** Why people cannot hand in a file of this size, in a sentence for them; undefined where they can. */
export const tooLargeToHandIn = (name: string, bytes: number): string | undefined =>
  bytes > LARGEST_IMAGE ? `${name} ${heavy(bytes)} ${FOR_PEOPLE}` : undefined;

/** What people hand in: its kind, or why models cannot be shown it, in a sentence for them. */
export function handIn(
  name: string,
  bytes: Uint8Array,
): { ok: true; mediaType: ImageFacts['mediaType'] } | { ok: false; message: string } {
  const looked = lookAt(bytes, FOR_PEOPLE);
  if (!looked) return { ok: false, message: `${name} is no image that models can be shown: PNG, JPEG, GIF or WebP.` };
  return looked.ok ? { ok: true, mediaType: looked.facts.mediaType } : { ok: false, message: `${name} ${looked.text}` };
}
