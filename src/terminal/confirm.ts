import { createInterface } from 'node:readline/promises';
import { discardTyped } from './line-input.ts';
import type { Terminal } from './terminal.ts';

/** Asks yes or no; where nobody can answer, the answer is no. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  if (!terminal.input.isTTY) return false;
  const lines = createInterface({ input: terminal.input, output: terminal.out });
  try {
    await discardTyped(lines);
    const answer = await lines.question(`${question} [y/N] `, { signal: terminal.interrupt });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
