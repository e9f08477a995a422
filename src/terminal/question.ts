import { oneLine } from '../core/plain.ts';
import { askedBecause } from '../core/session/asked-because.ts';
import { isDomainRule } from '../core/session/fold/consents.ts';
import { canLast } from '../core/session/fold/knowledge.ts';
import type { Ask } from '../core/session/state.ts';
import { shownRequest } from '../core/visible.ts';
import type { Picture } from './screen.ts';
import { type Style, widthOf, wrap } from './style.ts';

/** How a person may answer, by what is asked. */
type Kind = 'question' | 'plan' | 'permission' | 'permission with beginning' | 'short permission';

const kindOf = ({ request }: Ask): Kind =>
  request.type === 'question-asked'
    ? 'question'
    : request.kind === 'plan'
      ? 'plan'
      : canLast(request)
        ? request.prefix !== undefined
          ? 'permission with beginning'
          : 'permission'
        : 'short permission';

const ONCE = ['y  yes, this once', 's  yes, and the same again in this session'];
const NO = 'n  no; what you write after it is told to the agent';

const HELP: Record<Kind, string[]> = {
  question: ['Type your answer, or the number of one of those offered, and press Enter.'],
  plan: [
    'y  the team starts to work on it',
    'n  the session ends, and nothing is done',
    'Or say in words what should be different: another plan is made, which costs another call.',
  ],
  permission: [...ONCE, 'a  yes, and the same again in this workspace, always', NO],
  'permission with beginning': [
    ...ONCE,
    'a  yes, and the same again in this workspace, always',
    'b  yes, and all that begins so in this workspace, always, whatever follows',
    NO,
  ],
  'short permission': [...ONCE, NO],
};

const WAYS: Record<Kind, string> = {
  question: '[?] help',
  plan: '[y]es  [n]o  or say what should be different  [?] help',
  permission: '[y] once  [s] for this session  [a] always  [n] no, and why  [?] help',
  'permission with beginning':
    '[y] once  [s] for this session  [a] always  [b] always what begins so  [n] no, and why  [?] help',
  'short permission': '[y] once  [s] for this session  [n] no, and why  [?] help',
};

export const howToAnswer = (ask: Ask): string => WAYS[kindOf(ask)];

/** What is asked, in full. */
export function questionText(ask: Ask, waiting: number, style: Style): string[] {
  const { agent, request } = ask;
  const who = style.warn(`? ${oneLine(agent)}${waiting > 1 ? ` (1 of ${waiting})` : ''}`);
  if (request.type === 'question-asked') {
    const options = (request.options ?? []).map((option, index) => `  ${index + 1}  ${oneLine(option)}`);
    return [`${who} asks: ${oneLine(request.text)}`, ...options];
  }
  const why = request.why === undefined ? [] : [`  why: ${oneLine(request.why)}`];
  if (request.kind === 'plan') return [`${who} Go on with ${oneLine(request.what)}?`, ...why];
  // An answer that lasts is about the tool, and not only about what it is given now.
  const lasting =
    request.kind === 'tool'
      ? [
          isDomainRule(request.rule)
            ? '  for this session: this domain, whatever command reaches it'
            : `  for this session${canLast(request) ? ', or always' : ''}: this tool, whatever it is given`,
        ]
      : [];
  const begins =
    request.prefix === undefined
      ? []
      : [`  b allows for always, in this workspace: ${style.bold(oneLine(request.prefix))}`];
  const what = style.bold(shownRequest(request));
  return [`${who} wants: ${what}`, `  ${oneLine(askedBecause(request))}`, ...why, ...lasting, ...begins];
}

export interface Typed {
  text: string;
  cursor: number;
}

/** The question and the line in which it is answered, in at most so many rows: its end is cut where it must be. */
export function questionPicture(
  { ask, waiting, help, typed }: { ask: Ask; waiting: number; help: boolean; typed: Typed },
  { columns, rows, style }: { columns: number; rows: number; style: Style },
): Required<Picture> {
  const kind = kindOf(ask);
  const foot = [...(help ? HELP[kind] : []), WAYS[kind]].flatMap(line => wrap(line, columns));
  const room = Math.max(1, rows - foot.length - 1);
  const text = questionText(ask, waiting, style).flatMap(line => wrap(line, columns));
  const shown = text.length <= room ? text : [...text.slice(0, Math.max(0, room - 1)), style.dim('… in full above')];
  const { line, cursor } = inputLine(typed, columns);
  return { lines: [...shown, ...foot.map(part => style.dim(part)), line], cursor };
}

/** Whether all of the question fits beside the way to answer it. */
export function fits(
  ask: Ask,
  waiting: number,
  { columns, rows, style }: { columns: number; rows: number; style: Style },
): boolean {
  const lines = questionText(ask, waiting, style).flatMap(line => wrap(line, columns)).length;
  return lines + wrap(WAYS[kindOf(ask)], columns).length + 1 <= rows;
}

const MARK = '> ';

/** The part of what is typed that is around the cursor. */
function inputLine({ text, cursor }: Typed, columns: number): { line: string; cursor: number } {
  const room = Math.max(1, columns - MARK.length - 1);
  let from = 0;
  while (widthOf(text.slice(from, cursor)) > room) from++;
  let to = cursor;
  while (to < text.length && widthOf(text.slice(from, to + 1)) <= room) to++;
  return { line: `${MARK}${oneLine(text.slice(from, to))}`, cursor: MARK.length + widthOf(text.slice(from, cursor)) };
}
