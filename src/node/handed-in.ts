import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { isImageName } from '../core/agent/tools/images.ts';
import { handIn, tooLargeToHandIn } from '../core/agent/tools/show-image.ts';
import { mentioned, withMentions } from '../core/mentions.ts';
import { type Attached, type HandedImage, MOST_ATTACHED } from '../protocol/attached.ts';
import type { Hash } from '../protocol/ids.ts';

type Read = { ok: true; images: HandedImage[] } | { ok: false; message: string };

/** What an artifact made of this file can be called. */
export function imageName(path: string): string {
  const name = basename(path.replaceAll('\\', '/'))
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  const [, stem = '', end = ''] = /^(.*?)(\.[^.]*)?$/.exec(name) ?? [];
  return `${stem.slice(0, 50) || 'image'}${end.slice(0, 8)}`;
}

/** Images by their paths, read from this folder on, or what is wrong with the first that cannot be handed in. */
async function readImages(paths: readonly string[], folder: string): Promise<Read> {
  const files = [...new Set(paths.map(path => resolve(folder, path)))];
  if (files.length > MOST_ATTACHED)
    return {
      ok: false,
      message: `${files.length} images are more than the ${MOST_ATTACHED} that can be handed in at once.`,
    };
  const images: HandedImage[] = [];
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return { ok: false, message: `There is no file ${file}.` };
    const heavy = tooLargeToHandIn(file, found.size);
    if (heavy !== undefined) return { ok: false, message: heavy };
    const bytes = await readFile(file);
    const looked = handIn(file, bytes);
    if (!looked.ok) return looked;
    images.push({ name: imageName(file), mediaType: looked.mediaType, bytes });
  }
  return { ok: true, images };
}

interface Given {
  /** Paths beside those that the text names; wherever they lie, the person has chosen them. */
  given?: readonly string[];
  /** Whether the person has chosen this path themselves, and the text only repeats it. */
  chosen?: (path: string) => boolean;
}

type InText = Extract<Read, { ok: true }> & {
  /** As the team reads it, which finds no file outside of the folder and knows such images by their names. */
  text: string;
  /** Images that it names outside of the folder, which nobody has chosen: words can come from anywhere. */
  passedOver: string[];
};

/** The images that a text names by `@path`, as far as there are such files in this folder, and those given beside it. */
export async function imagesOf(
  text: string,
  folder: string,
  { given = [], chosen = () => false }: Given = {},
): Promise<InText | Extract<Read, { ok: false }>> {
  const outside: string[] = [];
  const named: string[] = [];
  const passedOver: string[] = [];
  const root = await realpath(folder).catch(() => folder);
  for (const path of mentioned(text).filter(isImageName)) {
    const real = await realpath(resolve(folder, path)).catch(() => undefined);
    if (real === undefined || !(await stat(real)).isFile()) continue;
    const inside = relative(root, real);
    if (!inside.startsWith('..') && !isAbsolute(inside)) named.push(path);
    else if (chosen(resolve(folder, path))) outside.push(path);
    else passedOver.push(path);
  }
  const read = await readImages([...given, ...named, ...outside], folder);
  if (!read.ok) return read;
  const said = (path: string) => (named.includes(path) ? path : outside.includes(path) ? imageName(path) : undefined);
  return { ...read, text: withMentions(text, said), passedOver };
}

/** Puts them where they are kept. */
export const keepImages = (
  images: readonly HandedImage[],
  blobs: { putBlob(bytes: Uint8Array): Promise<Hash> },
): Promise<Attached[]> =>
  Promise.all(
    images.map(async ({ name, mediaType, bytes }) => ({
      artifact: name,
      mediaType,
      blob: await blobs.putBlob(bytes),
      bytes: bytes.length,
    })),
  );
