import type { HashOf } from '../ports.ts';

/** Marks text that agents and programs made as data; the mark depends on the text, so that the text cannot close it. */
export function data(hashOf: HashOf, text: string): string {
  const mark = hashOf(new TextEncoder().encode(text)).slice(0, 10);
  return `<data ${mark}>\n${text.endsWith('\n') ? text : `${text}\n`}</data ${mark}>`;
}

export const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n');

export const section = (title: string, body: string): string => (body === '' ? '' : `${title}\n${body}`);

/** The parts that say something. */
export const joined = (parts: readonly string[]): string => parts.filter(part => part !== '').join('\n\n');
