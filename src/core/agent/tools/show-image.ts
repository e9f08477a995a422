import type { ImagePart } from '../../../protocol/message.ts';
import { toBase64 } from '../../base64.ts';
import type { ToolResult } from '../contract.ts';
import { type ImageFacts, imageFacts } from './images.ts';
import { refuse } from './tool.ts';

/** What every vendor takes: five million characters of base64. */
export const LARGEST_IMAGE = 3_750_000;
const LONGEST_SIDE = 8000;

const SMALLER =
  'Make a smaller copy of it with run_command (at most 1568 pixels a side is all that models see) and read that.';

export const imageTooLarge = (path: string, bytes: number): ToolResult =>
  refuse('too-large', `"${path}" has ${bytes} bytes, and an image can be shown up to ${LARGEST_IMAGE}. ${SMALLER}`);

const partOf = (bytes: Uint8Array, { mediaType }: ImageFacts): ImagePart => ({
  type: 'image',
  mediaType,
  data: toBase64(bytes),
});

/** An image as a result that models can look at; undefined where it is none. */
export function showImage(path: string, bytes: Uint8Array): ToolResult | undefined {
  const facts = imageFacts(bytes);
  if (facts === undefined) return undefined;
  if (facts === 'broken')
    return refuse('broken-image', `"${path}" begins like an image but is cut off or damaged (${bytes.length} bytes).`);
  if (bytes.length > LARGEST_IMAGE) return imageTooLarge(path, bytes.length);
  const { width, height, mediaType } = facts;
  if (Math.max(width, height) > LONGEST_SIDE)
    return refuse('too-large', `"${path}" has ${width} × ${height} pixels, more than models take. ${SMALLER}`);
  const kind = mediaType.slice('image/'.length).toUpperCase();
  const output = `${path}: an image, ${kind}, ${width} × ${height} pixels, ${bytes.length} bytes.`;
  return { ok: true, output, images: [partOf(bytes, facts)] };
}
