/**
 * Seals a journal as it is written, and tells while it is read whether every byte is as it was sealed. A seal vouches for
 * all that stands before it, so that nothing can be changed, moved, left out or brought here from another journal.
 */
export interface SealChain {
  /** The lines as they are to be written, some of them sealed: the last one always. */
  seal(lines: readonly string[]): Uint8Array;
  /** Whole lines as they stand in the file, the last one sealed. False where a seal is not ours or does not fit. */
  accept(bytes: Uint8Array): boolean;
}

/** What a session is to the user who looks at it. */
export type Origin =
  /** This user's programs wrote it, here. */
  | 'own'
  /** It has no seal: it is older than seals, or came with the folder. */
  | 'unsealed'
  /** Its seal is not of this user, machine and folder, or something in it was changed since. */
  | 'foreign';

const WHY: Record<Exclude<Origin, 'own'>, string> = {
  unsealed: 'has no seal: it came with this folder, or an older version of Orchestrate made it',
  foreign:
    'has a seal that is not yours for this folder: it was made elsewhere, the folder was moved, or something in it was changed',
};

/** Why a session is only shown, and what to do about it. */
export const fromElsewhere = (session: string, origin: Exclude<Origin, 'own'>): string =>
  `Session ${session} is from elsewhere. It ${WHY[origin]}. It can be looked at, and is not resumed, answered or decided on. To see what it would do and take it over: orchestrate adopt ${session}`;

const START = ',"seal":"';
const END = '"}';
/** A SHA-256 in base64url. */
const CODE = 43;
const LENGTH = START.length + CODE + END.length;
const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const start = new TextEncoder().encode(START);
const end = new TextEncoder().encode(`${END}\n`);

/** A line's text in two parts, the second of which is its seal. */
export const sealed = (unclosed: string, code: string): string => `${unclosed}${START}${code}${END}`;

/** A line of JSON as it was before it was sealed. */
export function withoutSeal(line: string): string {
  return isSealed(line) ? `${line.slice(0, -LENGTH)}}` : line;
}

/** What a seal on a line says; undefined where it has none. */
export function sealOf(line: string): { unclosed: string; code: string } | undefined {
  if (!isSealed(line)) return undefined;
  return { unclosed: line.slice(0, -LENGTH), code: line.slice(-LENGTH + START.length, -END.length) };
}

// Two letters first: nearly every line is told by them.
const isSealed = (line: string) =>
  line.charCodeAt(line.length - 2) === QUOTE && line.charCodeAt(line.length - LENGTH) === COMMA && hasSealText(line);
const hasSealText = (line: string) => line.endsWith(END) && line.startsWith(START, line.length - LENGTH);

/** Bytes from the beginning of a seal to the end of its line. */
export const SEAL_BYTES = LENGTH + 1;
/** Where in a seal its code stands. */
export const SEAL_CODE = { from: START.length, to: START.length + CODE };

/** The end of the last line in these bytes that is sealed; 0 where there is none. */
export function endOfSeal(bytes: Uint8Array): number {
  for (let at = bytes.lastIndexOf(NEWLINE); at >= LENGTH; at = bytes.lastIndexOf(NEWLINE, at - 1))
    if (bytes[at - LENGTH] === COMMA && stands(end, bytes, at - END.length) && stands(start, bytes, at - LENGTH))
      return at + 1;
  return 0;
}

function stands(text: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
