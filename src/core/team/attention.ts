import type { Attached } from '../../protocol/attached.ts';
import type { EventOf, Who } from '../../protocol/events.ts';
import type { Attention, PermissionRequest } from '../agent/contract.ts';
import type { NewId } from '../ports.ts';
import { freelyNamed } from '../session/attached.ts';
import type { Journal } from '../session/contract.ts';
import { askedBy } from '../session/fill-in.ts';
import { canLast, grantKey } from '../session/fold/knowledge.ts';
import type { Ask } from '../session/state.ts';

type Permission = Awaited<ReturnType<Attention['permission']>>;
type Question = Awaited<ReturnType<Attention['question']>>;
type PermissionAsked = EventOf<'permission-asked'>;

export interface AttentionOptions {
  journal: Journal;
  newId: NewId;
  /** Whether a person can answer. */
  present: () => boolean;
  /** Keeps an answer that was given for always beyond the session. */
  remember?: (
    request: Omit<PermissionAsked, 'type' | 'ask'>,
    decision: 'allow' | 'deny',
    prefix: string | undefined,
  ) => void;
}

/** How a person answers: a decision to a permission, text to a question. */
export interface Answer {
  decision?: 'allow' | 'deny' | undefined;
  scope?: 'once' | 'session' | 'always' | undefined;
  /** Allows for always the beginning that the question offers. */
  prefix?: boolean | undefined;
  text?: string | undefined;
  /** Images, to a question. */
  attached?: readonly Attached[] | undefined;
}

/** The people's side of a session: asks wait in the journal until somebody answers, from whatever window or process. */
export class AttentionQueue implements Attention {
  readonly #options: AttentionOptions;
  readonly #waiting = new Map<string, (event: EventOf<'permission-answered'> | EventOf<'question-answered'>) => void>();
  readonly #adopted = new Set<string>();

  constructor(options: AttentionOptions) {
    this.#options = options;
    options.journal.subscribe(event => {
      if (event.type !== 'permission-answered' && event.type !== 'question-answered') return;
      this.#waiting.get(event.ask)?.(event);
    });
  }

  async permission(
    request: Omit<PermissionAsked, 'type' | 'ask'> | PermissionRequest,
    signal: AbortSignal,
  ): Promise<Permission> {
    const { journal } = this.#options;
    const granted = journal.state.grants.get(grantKey(request));
    if (granted) return granted;
    const ask = this.#ask({ type: 'permission-asked', ask: '', ...request } as PermissionAsked);
    const answered = this.#answered(ask, signal);
    if (!this.#options.present()) {
      const reason = 'nobody is there to ask';
      const whose = askedBy(journal.state, request.agent);
      journal.append({
        type: 'permission-answered',
        ask,
        ...whose,
        decision: 'deny',
        scope: 'once',
        by: 'system',
        reason,
      });
    }
    const answer = await answered;
    if (answer?.type !== 'permission-answered') return { decision: 'deny', scope: 'once', reason: 'interrupted' };
    const { decision, scope, reason } = answer;
    return { decision, scope, ...(reason !== undefined && { reason }) };
  }

  async question(request: { agent: string; text: string; options?: string[] }, signal: AbortSignal): Promise<Question> {
    const { journal } = this.#options;
    const ask = this.#ask({ type: 'question-asked', ask: '', ...request });
    const answered = this.#answered(ask, signal);
    if (!this.#options.present()) {
      journal.append({
        type: 'question-answered',
        ask,
        ...askedBy(journal.state, request.agent),
        text: '',
        by: 'system',
      });
      await answered;
      return { answered: false, reason: 'nobody-there' };
    }
    const answer = await answered;
    if (answer?.type !== 'question-answered') return { answered: false, reason: 'aborted' };
    return answer.by === 'system'
      ? { answered: false, reason: 'nobody-there' }
      : { answered: true, text: answer.text, ...(answer.attached && { attached: answer.attached }) };
  }

  /** Takes somebody's answer. The first one counts. */
  answer(ask: string, answer: Answer, by: Who): { ok: boolean; message?: string } {
    const { journal, remember } = this.#options;
    const open = journal.state.asks.get(ask);
    if (!open) return { ok: false, message: `nothing is asked as "${ask}", or it has been answered` };
    const { request } = open;
    const whose = askedBy(journal.state, open.agent);
    if (request.type === 'question-asked') {
      if (answer.text === undefined) return { ok: false, message: 'a question is answered with text' };
      journal.append({
        type: 'question-answered',
        ask,
        ...whose,
        text: answer.text,
        ...freelyNamed(answer.attached, journal.state),
        by,
      });
      return { ok: true };
    }
    const { decision, scope = 'once', text: reason } = answer;
    if (decision === undefined) return { ok: false, message: 'a permission is answered with allow or deny' };
    if (scope === 'always' && !canLast(request))
      return {
        ok: false,
        message: `"always" is for commands and tools of extensions; this is answered once, or for the session`,
      };
    if (answer.prefix && (request.prefix === undefined || decision !== 'allow' || scope !== 'always'))
      return { ok: false, message: 'only the beginning that the question names can be allowed, and that for always' };
    const prefix = answer.prefix ? request.prefix : undefined;
    journal.append({
      type: 'permission-answered',
      ask,
      ...whose,
      decision,
      scope,
      ...(prefix !== undefined && { prefix }),
      by,
      ...(reason !== undefined && { reason }),
    });
    if (scope === 'always') remember?.(request, decision, prefix);
    return { ok: true };
  }

  /** Nobody needs these answers any more. */
  withdraw(agent: string, reason: string): void {
    const { journal } = this.#options;
    const whose = askedBy(journal.state, agent);
    for (const { ask, request } of [...journal.state.asks.values()].filter(open => open.agent === agent)) {
      const of = { ask, ...whose, by: 'system' } as const;
      if (request.type === 'question-asked') journal.append({ type: 'question-answered', ...of, text: '' });
      else journal.append({ type: 'permission-answered', ...of, decision: 'deny', scope: 'once', reason });
    }
  }

  /** After a resume the same thing is asked again: the ask that stands in the journal then goes on, under its id. */
  #ask(request: Ask['request']): string {
    const { journal, newId } = this.#options;
    for (const open of journal.state.asks.values()) {
      if (this.#waiting.has(open.ask) || this.#adopted.has(open.ask) || !sameAsk(open.request, request)) continue;
      this.#adopted.add(open.ask);
      return open.ask;
    }
    const ask = newId('ask');
    journal.append({ ...request, ask });
    return ask;
  }

  #answered(ask: string, signal: AbortSignal) {
    return new Promise<EventOf<'permission-answered'> | EventOf<'question-answered'> | undefined>(resolve => {
      const finish = (event?: EventOf<'permission-answered'> | EventOf<'question-answered'>) => {
        this.#waiting.delete(ask);
        this.#adopted.delete(ask);
        signal.removeEventListener('abort', abort);
        resolve(event);
      };
      const abort = () => finish();
      if (signal.aborted) return finish();
      signal.addEventListener('abort', abort);
      this.#waiting.set(ask, finish);
    });
  }
}

function sameAsk(a: Ask['request'], b: Ask['request']): boolean {
  if (a.type === 'question-asked') return b.type === a.type && a.agent === b.agent && a.text === b.text;
  return b.type === a.type && a.agent === b.agent && a.what === b.what && grantKey(a) === grantKey(b);
}
