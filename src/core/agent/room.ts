/** How much of each kind fits into a conversation with a model of some window. */
export interface Room {
  /** Characters of what one tool call gives back. */
  output: number;
  /** Characters of what all agents of a session are told. */
  brief: number;
  /** Characters of a task. */
  prompt: number;
  /** Tokens of a summary that takes the place of a conversation. */
  summary: number;
  /** Characters of the record from which such a summary is made. */
  record: number;
}

const LARGE: Room = { output: 60_000, brief: 400_000, prompt: 400_000, summary: 4000, record: 60_000 };
/** From this window on nothing is cut for its sake. */
const ENOUGH = 120_000;

/** An unknown window is taken for a large one: what does not fit is told by the vendor. */
export function roomIn(window: number | undefined): Room {
  if (window === undefined || window >= ENOUGH) return LARGE;
  return {
    output: Math.max(2000, Math.floor(window / 2)),
    brief: Math.floor(window * 0.6),
    prompt: window,
    summary: Math.max(500, Math.floor(window / 8)),
    record: Math.floor(window * 1.5),
  };
}

/** A text without its middle where it is too long, which is said in its place. */
export function cutMiddle(text: string, room: number, instead: string): string {
  if (text.length <= room) return text;
  const note = `\n[… ${text.length - room} characters left out. ${instead}]\n`;
  const kept = Math.max(0, room - note.length);
  const head = Math.ceil(kept * 0.7);
  return text.slice(0, head) + note + text.slice(text.length - (kept - head));
}
