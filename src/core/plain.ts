/*
 * Texts of models, vendors, files and other people, made fit to be shown. Whatever a terminal or an editor would obey instead
 * of showing it is gone: control characters, the sequences that they begin, and marks that turn the direction of what follows.
 */

const ESC = String.raw`\u001b`;
const CSI = String.raw`(?:${ESC}\[|\u009b)[0-?]*[ -/]*[@-~]`;
const STRING = String.raw`(?:${ESC}[\]PX^_]|[\u0090\u0098\u009d-\u009f])\P{Cc}*(?:\u0007|${ESC}\\|\u009c)`;
/** What steers a terminal, where it is whole; a broken one only loses the character that it begins with. */
const SEQUENCES = new RegExp(`${CSI}|${STRING}`, 'gu');
/** Directions, tags that nobody sees, and annotations. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const withoutSteering = (text: string) => text.replace(SEQUENCES, '').replace(UNSEEN, '');

/** On one line. */
export const oneLine = (text: string): string => withoutSteering(text).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

/** With its lines and tabs. */
export const lines = (text: string): string =>
  withoutSteering(text)
    .replace(/\r\n?|[\u0085\p{Zl}\p{Zp}]/gu, '\n')
    .replace(/[^\P{Cc}\n\t]+/gu, ' ');
