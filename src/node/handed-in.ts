import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { isImageName } from '../core/agent/tools/images.ts';
import { handIn, tooLargeToHandIn } from '../core/agent/tools/show-image.ts';
import { mentioned, withMentions } from '../core/mentions.ts';
import { type Attached, MOST_ATTACHED } from '../protocol/attached.ts';
import type { Hash } from '../protocol/ids.ts';

/** An image that a person hands in, whole. */
export interface HandedImage {
  /** As an artifact is called. */
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}

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

/**
 * The images that a text names by `@path`, as far as there are such files, and those given beside it; with the text as the
 * team reads it, which finds no file outside of this folder and knows such images by their names.
 */
export async function imagesOf(
  text: string,
  given: readonly string[],
  folder: string,
): Promise<(Extract<Read, { ok: true }> & { text: string }) | Extract<Read, { ok: false }>> {
  const named: string[] = [];
  for (const path of mentioned(text).filter(isImageName)) {
    const found = await stat(resolve(folder, path)).catch(() => undefined);
    if (found?.isFile()) named.push(path);
  }
  const read = await readImages([...given, ...named], folder);
  if (!read.ok) return read;
  const outside = (path: string) => relative(folder, resolve(folder, path)).startsWith('..') || isAbsolute(path);
  const said = (path: string) => (outside(path) ? imageName(path) : path);
  return { ...read, text: withMentions(text, path => (named.includes(path) ? said(path) : undefined)) };
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
