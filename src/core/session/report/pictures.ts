import type { Hash } from '../../../protocol/ids.ts';
import { toBase64 } from '../../base64.ts';
import type { Report } from './report.ts';

/** Pictures as addresses that hold them, by the names of their artifacts. */
export type Pictures = ReadonlyMap<string, string>;

/** More makes a file that nobody can send. */
const MOST = 24;
const MOST_BYTES = 8_000_000;

/** The pictures of a report, as far as they are still there and fit into one file. */
export async function picturesOf(
  { artifacts }: Report,
  getBlob: (hash: Hash) => Promise<Uint8Array | undefined>,
): Promise<Pictures> {
  const found = new Map<string, string>();
  let left = MOST_BYTES;
  for (const { artifact, mediaType, picture } of artifacts) {
    if (picture === undefined || found.size === MOST) continue;
    const bytes = await getBlob(picture.slice('blobs/'.length));
    if (!bytes || bytes.length > left) continue;
    left -= bytes.length;
    found.set(artifact, `data:${mediaType};base64,${toBase64(bytes)}`);
  }
  return found;
}
