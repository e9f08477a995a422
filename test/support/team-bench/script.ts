import type { ScriptedAnswer } from '../../../src/rehearsal/wire/types.ts';

export const TURNS = 20;
export const MODEL = 'mistral-large';
/** With it, a turn of about 500 characters comes in about 25 events. */
const CHUNK = 24;

const words = 'Next I look at how this part is done and what it has to do with the rest of it. '.repeat(6);

/** Every sixth turn writes; the others read one file after the other, and the last one ends the work. */
function callOf(job: string, turn: number): { name: string; args: Record<string, unknown> } {
  const path = `out/job-${job}.txt`;
  if (turn === TURNS) return { name: 'finish_task', args: { summary: `Job ${job} is done and checked.` } };
  if (turn === 2) return { name: 'write_file', args: { path, content: `Job ${job}\nversion 2\n${words}\n` } };
  if (turn === 8 || turn === 14) {
    const edits = [{ old: `version ${turn - 6}`, new: `version ${turn}` }];
    return { name: 'edit_file', args: { path, edits } };
  }
  return { name: 'read_file', args: { path: `src/file-${turn}.txt` } };
}

export function answerOf(job: string, turn: number): ScriptedAnswer {
  return {
    text: words,
    toolCalls: [callOf(job, turn)],
    // A pause before the first byte makes the server send event after event instead of all in one piece.
    pacing: { chunkChars: CHUNK, firstByteMs: 1 },
  };
}

/** What is in the workspace before anyone works in it. */
export function filesBefore(): Record<string, string> {
  const line = 'export const value = "a line of a file of ordinary length, to be read";\n';
  return Object.fromEntries(Array.from({ length: TURNS }, (_, i) => [`src/file-${i}.txt`, line.repeat(20)]));
}
