import { createInterface } from 'node:readline/promises';
import type { LiveSession } from '../core/session/live.ts';
import type { Ask } from '../core/session/state.ts';
import { shownRequest } from '../core/visible.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import { oneLine } from './style.ts';
import { print, type Terminal } from './terminal.ts';

type Answer = Extract<InboxRequest, { kind: 'answer' }>;

const CHOICES: Record<string, Pick<Answer, 'decision' | 'scope'>> = {
  y: { decision: 'allow', scope: 'once' },
  s: { decision: 'allow', scope: 'session' },
  a: { decision: 'allow', scope: 'always' },
  n: { decision: 'deny', scope: 'once' },
};

/** What a line typed by the user means for this ask; undefined: it has to be asked again. */
export function answerOf({ ask, request }: Ask, line: string): Answer | undefined {
  const text = line.trim();
  if (request.type === 'question-asked') {
    const option = request.options?.[Number(text) - 1];
    return text === '' ? undefined : { kind: 'answer', ask, text: option ?? text };
  }
  const [, key, reason] = /^(y|yes|s|a|n|no)(?:[\s,:]+(.*))?$/i.exec(text) ?? [];
  const choice = CHOICES[(key ?? '').toLowerCase().charAt(0)];
  if (choice) return { kind: 'answer', ask, ...choice, ...(reason && { text: reason }) };
  // A plan that should be different: whatever else is said is what should change.
  if (request.kind === 'plan' && text !== '') return { kind: 'answer', ask, decision: 'deny', scope: 'once', text };
  return undefined;
}

function questionText({ agent, request }: Ask, waiting: number, terminal: Terminal): string {
  const { style } = terminal;
  const count = waiting > 1 ? ` (1 of ${waiting})` : '';
  if (request.type === 'question-asked') {
    const options = (request.options ?? []).map((option, index) => `\n  ${index + 1}  ${oneLine(option)}`).join('');
    return `${style.warn(`? ${agent}${count}`)} asks: ${oneLine(request.text)}${options}\n> `;
  }
  if (request.kind === 'plan')
    return `${style.warn('?')} Go on with this plan? [y]es, [n]o, or say what should be different: `;
  const why = request.why ? `\n  why: ${oneLine(request.why)}` : '';
  return `${style.warn(`? ${agent}${count}`)} wants: ${style.bold(shownRequest(request))}\n  rule: ${request.rule}${why}\n  allow: [y] once  [s] for this session  [a] always  [n] no, and why: `;
}

/** Asks the user about everything in the queue, one after the other, until the signal says that it is over. */
export async function answerAsks(
  terminal: Terminal,
  session: LiveSession,
  /** Called around each question, so that nothing repaints over what is typed. */
  quiet: (asking: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let wake: (() => void) | undefined;
  const subscription = session.journal.subscribe(() => wake?.());
  const lines = createInterface({ input: terminal.input, output: terminal.out });
  // readline takes Ctrl-C for itself.
  lines.on('SIGINT', () => process.emit('SIGINT'));
  try {
    while (!signal.aborted) {
      const ask = session.journal.state.asks.values().next().value;
      if (!ask) {
        await new Promise<void>(resolve => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        continue;
      }
      quiet(true);
      // Answered elsewhere meanwhile: the question is taken back.
      const gone = new AbortController();
      wake = () => !session.journal.state.asks.has(ask.ask) && gone.abort();
      const text = questionText(ask, session.journal.state.asks.size, terminal);
      const line = await lines
        .question(text, { signal: AbortSignal.any([signal, gone.signal]) })
        .catch(() => undefined);
      wake = undefined;
      quiet(false);
      const answer = line === undefined ? undefined : answerOf(ask, line);
      if (!answer) continue;
      const { ok, message } = await session.request(answer);
      if (!ok) print(terminal, message ?? 'The answer was not taken.');
    }
  } finally {
    subscription.dispose();
    lines.close();
  }
}
