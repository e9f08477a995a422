import { canLast } from '../core/session/fold/knowledge.ts';
import type { Ask } from '../core/session/state.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { RunningSession } from '../runtime/contract.ts';
import { LineInput } from './line-input.ts';
import { fits, questionPicture, questionText } from './question.ts';
import type { Picture } from './screen.ts';
import type { Terminal } from './terminal.ts';

type Answer = Extract<InboxRequest, { kind: 'answer' }>;

const CHOICES: Record<string, Pick<Answer, 'decision' | 'scope' | 'prefix'>> = {
  y: { decision: 'allow', scope: 'once' },
  s: { decision: 'allow', scope: 'session' },
  a: { decision: 'allow', scope: 'always' },
  b: { decision: 'allow', scope: 'always', prefix: true },
  n: { decision: 'deny', scope: 'once' },
};

/** What a line typed by the user means for this ask; undefined: nothing, so that it is said how to answer. */
export function answerOf({ ask, request }: Ask, line: string): Answer | undefined {
  const text = line.trim();
  if (text === '' || text === '?') return undefined;
  if (request.type === 'question-asked') {
    const option = request.options?.[Number(text) - 1];
    return { kind: 'answer', ask, text: option ?? text };
  }
  const [, key, reason] = /^(y|yes|s|a|b|n|no)(?:[\s,:]+(.*))?$/i.exec(text) ?? [];
  const choice = CHOICES[(key ?? '').toLowerCase().charAt(0)];
  if (choice?.scope === 'always' && !canLast(request)) return undefined;
  if (choice?.prefix && request.prefix === undefined) return undefined;
  if (choice) return { kind: 'answer', ask, ...choice, ...(reason && { text: reason }) };
  // What should be different takes more than one word: a letter too many must not pay for another plan.
  if (request.kind === 'plan' && /\s/.test(text)) return { kind: 'answer', ask, decision: 'deny', scope: 'once', text };
  return undefined;
}

/** Where questions are shown while they are asked. */
export interface Stage {
  /** Prints lines that stay. */
  print(text: string): void;
  /** Shows now what `picture` says. */
  paint(): void;
  size(): { columns: number; rows: number };
}

/** Asks the user about everything in the queue, one after the other. */
export class Asking {
  readonly #terminal: Terminal;
  readonly #session: RunningSession;
  readonly #stage: Stage;
  readonly #input: LineInput;
  /** What is asked now, and whether it is said how to answer. */
  #asked: { ask: Ask; help: boolean } | undefined;
  /** The question that stands above in full, for want of room. */
  #printed: Ask | undefined;

  constructor(terminal: Terminal, session: RunningSession, stage: Stage) {
    this.#terminal = terminal;
    this.#session = session;
    this.#stage = stage;
    this.#input = new LineInput(terminal.input, () => this.#asked && stage.paint());
  }

  /** The current question, shown for as long as it is open. */
  picture(columns: number, rows: number): Required<Picture> | undefined {
    if (!this.#asked) return undefined;
    const { text, cursor } = this.#input;
    const waiting = this.#session.journal.state.asks.size;
    const room = { columns, rows, style: this.#terminal.style };
    const { ask } = this.#asked;
    // The window has become too small for it.
    if (this.#printed !== ask && !fits(ask, waiting, room)) queueMicrotask(() => this.#print(ask, waiting));
    return questionPicture({ ...this.#asked, waiting, typed: { text, cursor } }, room);
  }

  /** Until the signal says that it is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { journal } = this.#session;
    try {
      while (!signal.aborted) {
        const ask = journal.state.asks.values().next().value;
        if (ask) await this.#put(ask, signal);
        else await changeOf(journal, signal, () => journal.state.asks.size > 0);
      }
    } finally {
      this.#input.dispose();
    }
  }

  async #put(ask: Ask, signal: AbortSignal): Promise<void> {
    const { journal } = this.#session;
    // What was typed before it could be seen is no answer to it.
    await this.#input.discard();
    const over = new AbortController();
    // Answered elsewhere meanwhile: the question is taken back.
    const gone = changeOf(journal, AbortSignal.any([signal, over.signal]), () => !journal.state.asks.has(ask.ask));
    void gone.then(() => over.abort());
    this.#show(ask);
    try {
      while (!over.signal.aborted) {
        const line = await this.#input.next(over.signal);
        if (line === undefined) break;
        const answer = answerOf(ask, line);
        if (answer) {
          const { ok, message } = await this.#session.request(answer);
          if (ok) break;
          this.#stage.print(message ?? 'The answer was not taken.');
        } else {
          this.#asked = { ask, help: true };
          this.#stage.paint();
        }
      }
    } finally {
      over.abort();
      this.#asked = undefined;
      this.#stage.paint();
    }
  }

  #print(ask: Ask, waiting: number): void {
    if (this.#printed === ask) return;
    this.#printed = ask;
    this.#stage.print(questionText(ask, waiting, this.#terminal.style).join('\n'));
  }

  #show(ask: Ask): void {
    const { style } = this.#terminal;
    const waiting = this.#session.journal.state.asks.size;
    if (!fits(ask, waiting, { ...this.#stage.size(), style })) this.#print(ask, waiting);
    this.#asked = { ask, help: false };
    this.#stage.paint();
  }
}

/** Resolves when it holds, or when the signal comes. */
function changeOf(journal: RunningSession['journal'], signal: AbortSignal, holds: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!signal.aborted && !holds()) return;
      subscription.dispose();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const subscription = journal.subscribe(look);
    signal.addEventListener('abort', look);
    look();
  });
}
