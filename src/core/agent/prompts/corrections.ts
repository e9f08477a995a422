import type { JobKind } from '../contract.ts';

const WORK = 'call finish_task if everything is done and checked';
const ENDINGS: Record<Exclude<JobKind, 'look'>, string> = {
  implement: WORK,
  fix: WORK,
  escalation: WORK,
  review: 'give your verdict',
};
const ANSWER = 'Answer the question now, in words and without a tool call, with what you have found.';

/** Answers that move nothing, each with the word it has in the journal and what the model is told. */
export type Idle = 'empty-answer' | 'no-tool-call' | 'cut-off';

/** The same for people, when an agent is given up for it. */
export const IDLE_FOR_PEOPLE: Record<Idle, string> = {
  'empty-answer': 'its answers were empty',
  'no-tool-call': 'it answered in words and called no tool, and without tools no work gets done',
  'cut-off': 'its answers reached the output limit before they called a tool',
};

export function idleCorrection(idle: Idle, kind: JobKind): string {
  if (kind === 'look') return `Your last answer was empty. ${ANSWER}`;
  switch (idle) {
    case 'empty-answer':
      return `Your last answer was empty. Go on with the task by calling a tool, or ${ENDINGS[kind]}; if you cannot go on, call report_blocker.`;
    case 'no-tool-call':
      return `Your last answer called no tool, so nothing happened. If there is work left, call the next tool; otherwise ${ENDINGS[kind]}. If you cannot go on, call report_blocker.`;
    case 'cut-off':
      return 'Your last answer reached the output limit before it called a tool. Keep text short and call a tool at once; write long files in several steps.';
  }
}

export function turnsLeft(left: number, kind: JobKind): string {
  const turns = `${left === 1 ? 'One turn is' : `${left} turns are`} left.`;
  if (kind === 'look') return `${turns} ${ANSWER}`;
  const end = kind === 'review' ? 'give your verdict' : 'call finish_task';
  return `${turns} Bring the work to an end: finish what must be finished, check it, then ${end}, or report_blocker with what is missing.`;
}

export const AFTER_END =
  'It was not run, because an earlier call in the same answer ended the work. Nothing more is needed.';

export const END_TOO_EARLY =
  'Not accepted yet: an earlier call in the same answer failed. Read its result, mend what is needed, then end the work in an answer of its own.';

export const TOO_MANY_CALLS = (limit: number): string =>
  `It was not run: an answer may hold at most ${limit} calls. Send it again if it is still needed.`;

export const INTERRUPTED_COMMAND =
  'Interrupted: the program that runs you stopped while this command ran. Whether it took effect is unknown, and it was not run again. Look at the state it should have left before you go on.';

export const INTERRUPTED_TOOL =
  'Interrupted: the work stopped while this tool ran. Whether it took effect is unknown, and it was not run again. Look at the state it should have left before you go on.';

export const CONFLICTING_WRITE =
  'The write was interrupted, and the file now holds something else than before or after it. Read the file again and redo your change on what stands there.';
