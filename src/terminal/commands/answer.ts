import { createInterface } from 'node:readline/promises';
import type { Ask, SessionState } from '../../core/session/state.ts';
import { readState } from '../../node/session/sessions.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import { answerOf } from '../asks.ts';
import { keptWith } from '../attached.ts';
import { chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { discardTyped } from '../line-input.ts';
import { howToAnswer, questionText } from '../question.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';
import { ask } from './requests.ts';

type Answer = Extract<InboxRequest, { kind: 'answer' }>;

const DECISIONS: Record<string, Pick<Answer, 'decision' | 'scope' | 'prefix'>> = {
  allow: { decision: 'allow', scope: 'once' },
  'allow-session': { decision: 'allow', scope: 'session' },
  'allow-always': { decision: 'allow', scope: 'always' },
  'allow-prefix': { decision: 'allow', scope: 'always', prefix: true },
  deny: { decision: 'deny', scope: 'once' },
};

/** `orchestrate answer [SESSION] [ASK] [TEXT]`: alone it says what is asked, and asks. */
export async function answer(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const { id, state, words } = await sessionOf(terminal, workspace, call.words);
  if (words.length === 0) return askAll(terminal, call, id, state);
  const [first = ''] = words;
  const named = state.asks.get(first);
  const open = named ?? (state.asks.size === 1 ? [...state.asks.values()][0] : undefined);
  if (!open) {
    const all = [...state.asks.keys()];
    throw new UsageError(
      all.length === 0
        ? `Nothing is asked in ${id}.`
        : `${all.length} things are asked: name the one that you answer, ${all.join(' or ')}. See: orchestrate answer`,
    );
  }
  const text = words
    .slice(named ? 1 : 0)
    .join(' ')
    .trim();
  if (text === '') throw new UsageError(`What is the answer? Write: orchestrate answer ${open.ask} TEXT`);
  const body = bodyOf(open, text);
  if (body.decision !== undefined) {
    if (option(call, 'attach') === undefined) return ask(terminal, call, id, body);
    throw new UsageError('An image goes with the answer to a question; a permission is allowed or denied.');
  }
  return ask(terminal, call, id, { ...body, ...(await keptWith(terminal, call, text, id)) });
}

/** The session that the first word names, else the usual one. An ask's own id names its session as well. */
async function sessionOf(terminal: Terminal, workspace: string, words: readonly string[]) {
  const [first, ...rest] = words;
  const usual = await chooseSession(terminal, workspace, undefined);
  const read = async (id: string) => (await readState(await openFolder(terminal, workspace, id))).state;
  const state = await read(usual.id);
  if (first === undefined || state.asks.has(first)) return { id: usual.id, state, words };
  const other = await chooseSession(terminal, workspace, first).catch(() => undefined);
  return other ? { id: other.id, state: await read(other.id), words: rest } : { id: usual.id, state, words };
}

function bodyOf({ ask, request }: Ask, text: string): Answer {
  if (request.type === 'question-asked') return { kind: 'answer', ask, text };
  const [, word = '', reason] = /^([a-z-]+)(?:[\s,:]+(.*))?$/is.exec(text) ?? [];
  const decision = Object.hasOwn(DECISIONS, word.toLowerCase()) ? DECISIONS[word.toLowerCase()] : undefined;
  if (!decision) throw new UsageError(`A permission is answered with ${Object.keys(DECISIONS).join(', ')}.`);
  return { kind: 'answer', ask, ...decision, ...(reason && { text: reason }) };
}

async function askAll(terminal: Terminal, call: Call, id: string, { asks }: SessionState): Promise<number> {
  if (call.options.json) {
    for (const open of asks.values()) printJson(terminal, open);
    return EXIT.done;
  }
  if (asks.size === 0) print(terminal, `Nothing is asked in ${id}.`);
  const { input, out, style, interrupt } = terminal;
  let code: number = EXIT.done;
  for (const open of asks.values()) {
    print(terminal, questionText(open, 1, style).join('\n'));
    if (!input.isTTY || !out.isTTY) {
      print(terminal, style.dim(`  orchestrate answer ${open.ask} TEXT`));
      continue;
    }
    const lines = createInterface({ input, output: out });
    lines.on('SIGINT', () => process.emit('SIGINT'));
    try {
      let body: Answer | undefined;
      for (; !body; ) {
        print(terminal, style.dim(howToAnswer(open)));
        await discardTyped(lines);
        body = answerOf(open, await lines.question('> ', { signal: interrupt }));
      }
      code = Math.max(code, await ask(terminal, call, id, body));
    } catch (error) {
      if (interrupt.aborted) return EXIT.interrupted;
      throw error;
    } finally {
      lines.close();
    }
  }
  return code;
}
