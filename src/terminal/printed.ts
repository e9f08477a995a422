import { lines } from '../core/plain.ts';
import type { Style } from './style.ts';

const ESC = String.raw`\u001b`;
const COLOUR = new RegExp(`(${ESC}\\[[\\d;]*m)`);

/**
 * The last thing that happens to a text before it is written: whatever a terminal would obey is gone, but line breaks and the
 * colours of ours. Where lines are shown is for those to say who put texts together: they take line breaks out of others'.
 */
export const printed = (text: string, { colours }: Pick<Style, 'colours'>): string =>
  text
    .split(COLOUR)
    .map(part => (colours.has(part) ? part : lines(part)))
    .join('');

/** What a terminal obeys and JSON leaves as it is. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/g;

/** The same JSON, without any character in it that would steer a terminal. */
export const printedJson = (json: string): string =>
  json.replace(UNESCAPED, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
