import type { Event } from '../../../src/protocol/events.ts';

/** Names as people and vendors really give them, where the story has short ones. */
const names: [RegExp, string][] = [
  [/\bpage-1\b/g, 'internationalisation-and-accessibility-specialist-1'],
  [/\bfrontend-specialist\b/g, 'internationalisation-and-accessibility-specialist'],
  [/\bThe page, with keyboard and screen reader\b/g, `The page, ${'with keyboard and screen reader, '.repeat(6)}done`],
  [/\bstore\/file\.ts\b/g, 'packages/storage-adapters/src/implementations/file-system/atomic-file-store.ts'],
  [/\bollama\/qwen3\b/g, 'ollama/hf.co/unsloth/Qwen3-Coder-480B-A35B-Instruct-GGUF:UD-Q4_K_XL'],
  [/\bgoogle\/gemini-pro\b/g, 'google/gemini-3.1-pro-preview-customtools-2026-09-30'],
  [/\bA todo list with an API, a page and tests\b/g, 'A todo list with an API, a page and tests. '.repeat(8).trim()],
  [
    /\bnpm install --save-dev axe-core\b/g,
    `npm install --save-dev ${'axe-core @axe-core/playwright '.repeat(12).trim()}`,
  ],
];

/** The same event with long names; every third call has no price. */
export function strained(event: Event): Event {
  let text = JSON.stringify(event);
  for (const [short, long] of names) text = text.replaceAll(short, long);
  const told = JSON.parse(text) as Event;
  if (told.type === 'call-outcome' && Number(told.call.slice('call-'.length)) % 3 === 0) delete told.cost;
  return told;
}
