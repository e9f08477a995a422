import type { Message } from '../protocol/message.ts';
import type { Part, Script, Turn } from './script.ts';
import type { Fault } from './wire/fault.ts';
import type { CanonicalRequest, ScriptedAnswer } from './wire/types.ts';

/** Who is asking, read from the prompts as any model would read them. */
interface Scene {
  role: string | undefined;
  kind: string | undefined;
  task: string | undefined;
  prompt: string;
  /** Turns this conversation has had, since its work was last sent back. */
  turn: number;
}

/** How the message begins that sends an agent's work back to it. */
const SENT_BACK = 'Your work was not accepted yet.';

const textOf = (message: Message | undefined) =>
  message?.parts.map(part => (part.type === 'text' ? part.text : '')).join('\n') ?? '';

function sceneOf(request: CanonicalRequest): Scene {
  const prompt = textOf(request.messages.find(message => message.role === 'user'));
  const find = (text: string, pattern: RegExp) => pattern.exec(text)?.[1];
  const back = request.messages.findLastIndex(
    message => message.role === 'user' && textOf(message).startsWith(SENT_BACK),
  );
  const since = Math.max(0, back);
  const plans = request.tools.some(tool => tool.name === 'propose_plan');
  return {
    role: find(request.system, /^Your role: (\S+)$/m) ?? (plans ? 'orchestrator' : undefined),
    kind: plans ? 'plan' : back > 0 ? 'fix' : find(request.system, /^Your part: (\S+)$/m),
    task: find(prompt, /^Task (\S+): /m),
    prompt,
    turn: request.messages.slice(since).filter(message => message.role === 'assistant').length,
  };
}

/** How closely a part fits; undefined where it means something else. */
function closeness(part: Part, scene: Scene): number | undefined {
  if (part.role !== scene.role) return undefined;
  let points = 0;
  for (const key of ['kind', 'task'] as const) {
    if (part[key] === undefined) continue;
    if (part[key] !== scene[key]) return undefined;
    points++;
  }
  if (part.says === undefined) return points;
  return scene.prompt.includes(part.says) ? points + 1 : undefined;
}

/** The arguments with the words in which the work was rejected, on one line. */
function withReason(args: unknown, prompt: string): unknown {
  if (typeof args === 'string') {
    return args.replaceAll('<reason>', () => /The reason:\n(.+)/.exec(prompt)?.[1]?.trim() ?? 'no reason');
  }
  if (Array.isArray(args)) return args.map(each => withReason(each, prompt));
  if (typeof args !== 'object' || args === null) return args;
  return Object.fromEntries(Object.entries(args).map(([key, each]) => [key, withReason(each, prompt)]));
}

/** Plays all the models of a script: the same conversation always gets the same next answer, whoever is asked. */
export class Actor {
  readonly #script: Script;
  readonly #faultsLeft = new Map<Turn, number>();
  readonly #providerOf: (request: CanonicalRequest) => string;

  constructor(script: Script, providerOf: (request: CanonicalRequest) => string) {
    this.#script = script;
    this.#providerOf = providerOf;
  }

  answer(request: CanonicalRequest): ScriptedAnswer {
    const scene = sceneOf(request);
    const part = this.#part(scene);
    const turn = part?.turns[scene.turn];
    const pacing = turn?.pacing ?? this.#script.pacing;
    if (!turn) {
      const who = `${scene.role ?? 'nobody'} (${scene.kind ?? '?'}, task ${scene.task ?? '-'}, turn ${scene.turn + 1})`;
      return { text: `This rehearsal has no answer for ${who}.`, ...(pacing && { pacing }) };
    }
    const fault = this.#fault(turn, request);
    return {
      ...(turn.reasoning !== undefined && { reasoning: turn.reasoning }),
      ...(turn.text !== undefined && { text: turn.text }),
      ...(turn.tools && {
        toolCalls: turn.tools.flatMap(call =>
          Object.entries(call).map(([name, args]) => ({ name, args: withReason(args, scene.prompt) })),
        ),
      }),
      ...(pacing && { pacing }),
      ...(fault && { fault }),
    };
  }

  #part(scene: Scene): Part | undefined {
    let best: { part: Part; points: number } | undefined;
    for (const part of this.#script.parts) {
      const points = closeness(part, scene);
      if (points !== undefined && points > (best?.points ?? -1)) best = { part, points };
    }
    return best?.part;
  }

  #fault(turn: Turn, request: CanonicalRequest): Fault | undefined {
    const { fault } = turn;
    if (!fault || (fault.provider !== undefined && fault.provider !== this.#providerOf(request))) return undefined;
    const left = this.#faultsLeft.get(turn) ?? fault.times ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return undefined;
    this.#faultsLeft.set(turn, left - 1);
    return { kind: fault.kind, ...(fault.after !== undefined && { after: fault.after }) } as Fault;
  }
}
