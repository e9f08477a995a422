/** What can be shown to models, told by its first bytes whatever it is called. */
export interface ImageFacts {
  mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  width: number;
  height: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function png(bytes: Uint8Array): Omit<ImageFacts, 'mediaType'> | undefined {
  const view = viewOf(bytes);
  if (ascii(bytes, 12, 16) !== 'IHDR') return undefined;
  let last = '';
  for (let at = 8; at + 12 <= bytes.length && last !== 'IEND'; at += 12 + view.getUint32(at))
    last = ascii(bytes, at + 4, at + 8);
  return last === 'IEND' ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined;
}

/** The frame header among the segments; the end must be there, too. */
function jpeg(bytes: Uint8Array): Omit<ImageFacts, 'mediaType'> | undefined {
  const view = viewOf(bytes);
  if (bytes.findLastIndex((byte, at) => byte === 0xd9 && bytes[at - 1] === 0xff) < 4) return undefined;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function gif(bytes: Uint8Array): Omit<ImageFacts, 'mediaType'> | undefined {
  const view = viewOf(bytes);
  if (!bytes.subarray(-16).includes(0x3b)) return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(bytes: Uint8Array): Omit<ImageFacts, 'mediaType'> | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(4, true) + 8 > bytes.length) return undefined;
  const at24 = (at: number) => view.getUint16(at, true) | ((bytes[at + 2] ?? 0) << 16);
  switch (ascii(bytes, 12, 16)) {
    case 'VP8X':
      return { width: at24(24) + 1, height: at24(27) + 1 };
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    default:
      return undefined;
  }
}

const KINDS: { mediaType: ImageFacts['mediaType']; begins: (bytes: Uint8Array) => boolean; read: typeof png }[] = [
  { mediaType: 'image/png', begins: bytes => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n', read: png },
  { mediaType: 'image/jpeg', begins: bytes => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff, read: jpeg },
  { mediaType: 'image/gif', begins: bytes => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)), read: gif },
  {
    mediaType: 'image/webp',
    begins: bytes => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
    read: webp,
  },
];

/** Long enough for every header that is read. */
const SHORTEST = 32;

/** What an image is, undefined where it is none; `broken` where vendors would refuse it, and with it the conversation. */
export function imageFacts(bytes: Uint8Array): ImageFacts | 'broken' | undefined {
  const kind = KINDS.find(one => one.begins(bytes));
  if (!kind) return undefined;
  const size = bytes.length < SHORTEST ? undefined : kind.read(bytes);
  return size && size.width > 0 && size.height > 0 ? { mediaType: kind.mediaType, ...size } : 'broken';
}

/** The names of files that are shown instead of read. */
export const isImageName = (path: string): boolean => /\.(png|jpe?g|gif|webp)$/i.test(path);
