import { rawText } from './raw.ts';

/** How a text file's bytes are read. `bytes` is text in no encoding known here: one character for each byte. */
export type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'bytes';

export interface Decoded {
  text: string;
  encoding: Encoding;
}

const SNIFFED = 8000;

const utf16Of = (bytes: Uint8Array): 'utf16le' | 'utf16be' | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be';
  return undefined;
};

const strictly = (label: string, bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** The text of a file, its BOM included, such that encoding it again gives the same bytes; undefined for binary content. */
export function decode(bytes: Uint8Array): Decoded | undefined {
  const wide = utf16Of(bytes);
  if (wide) {
    const text = strictly(wide === 'utf16le' ? 'utf-16le' : 'utf-16be', bytes);
    return text === undefined ? undefined : { text, encoding: wide };
  }
  if (bytes.subarray(0, SNIFFED).includes(0)) return undefined;
  const text = strictly('utf-8', bytes);
  return text === undefined ? { text: rawText(bytes), encoding: 'bytes' } : { text, encoding: 'utf8' };
}

/** The bytes of a text; UTF-8 where the encoding has no way to say it. */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf16le' || encoding === 'utf16be') {
    const view = new DataView(new ArrayBuffer(text.length * 2));
    for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), encoding === 'utf16le');
    return new Uint8Array(view.buffer);
  }
  if (encoding === 'bytes') {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0xff) return new TextEncoder().encode(text);
      bytes[i] = code;
    }
    return bytes;
  }
  return new TextEncoder().encode(text);
}
