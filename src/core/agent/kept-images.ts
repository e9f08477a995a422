import type { EventOf } from '../../protocol/events.ts';
import type { ImagePart } from '../../protocol/message.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import type { Journal } from '../session/contract.ts';

type Kept = NonNullable<EventOf<'tool-outcome'>['images']>[number];

/** An image as it stands in the journal: its content in a blob. */
export const keptImage = async ({ mediaType, data }: ImagePart, blobs: Pick<Journal, 'putBlob'>): Promise<Kept> => ({
  mediaType,
  blob: await blobs.putBlob(fromBase64(data)),
});

/** What models are shown of those that are still there. */
export async function shownImages(kept: readonly Kept[] = [], blobs: Pick<Journal, 'getBlob'>): Promise<ImagePart[]> {
  const found = await Promise.all(
    kept.map(async ({ mediaType, blob }) => ({ mediaType, bytes: await blobs.getBlob(blob) })),
  );
  return found.flatMap(({ mediaType, bytes }) => (bytes ? [{ type: 'image', mediaType, data: toBase64(bytes) }] : []));
}
