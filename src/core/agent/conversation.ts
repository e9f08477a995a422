import type { AssistantMessage, ImagePart, Message, ToolMessage, Usage, UserMessage } from '../../protocol/message.ts';
import type { Journal } from '../session/contract.ts';
import type { ResumePoint } from './contract.ts';
import { keptImage } from './kept-images.ts';

/** Messages heavier than this go to a blob. */
const INLINE = 16_000;
const CHARACTERS_PER_TOKEN = 3.5;

/** What a picture comes to as text would: vendors make it smaller than that. */
const PER_IMAGE = 1600 * CHARACTERS_PER_TOKEN;

const weightOf = (value: unknown, depth = 0): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth > 8) return 0;
  if ('mediaType' in value && 'data' in value) return PER_IMAGE;
  let sum = 2;
  for (const [key, item] of Object.entries(value)) sum += key.length + weightOf(item, depth + 1);
  return sum;
};

const tokensIn = (characters: number) => Math.ceil(characters / CHARACTERS_PER_TOKEN);

/** A result shorter than this is not worth leaving out. */
const SHORT = 200;

/** A message of results with what is left of them when room is needed. */
export function withoutResults(message: Message): Message {
  if (message.role !== 'tool') return message;
  const parts = message.parts.map(part =>
    part.output.length <= SHORT && !part.images
      ? part
      : {
          type: part.type,
          id: part.id,
          name: part.name,
          ...(part.isError && { isError: true }),
          output: part.images
            ? `${part.output}\n[The image is left out to make room. Call it again if you need it.]`
            : `[Left out to make room: ${part.output.length} characters. Call it again if you need them.]`,
        },
  );
  return { role: 'tool', parts };
}

/** The message without its images, which are kept once for all who are shown them. */
async function withImagesKept(message: Message, journal: Pick<Journal, 'putBlob'>) {
  if (message.role !== 'user') return { message, images: [] };
  const images = message.parts.filter(part => part.type === 'image');
  const parts = message.parts.filter(part => part.type !== 'image');
  return {
    message: { ...message, parts },
    images: await Promise.all(images.map(image => keptImage(image, journal))),
  };
}

/** Characters a vendor is sent of it: native blocks stand beside the parts, not in addition to them. */
const sentWeight = (message: Message) => weightOf(message.parts);

/**
 * What a model is told, growing at its end only, so that vendors' prompt caches hit. Results of tools are not
 * journalled a second time as messages: the tool outcomes already hold them.
 */
export class Conversation {
  readonly #journal: Journal;
  readonly #agent: string;
  #messages: Message[];
  #segment: number;
  /** Tokens of everything up to the last answer as its vendor counted them, and characters added since. */
  #counted: number | undefined;
  #since = 0;
  /** Characters that are sent before the first message. */
  readonly #before: number;

  constructor(journal: Journal, agent: string, before: number, from?: ResumePoint) {
    this.#journal = journal;
    this.#agent = agent;
    this.#before = before;
    this.#messages = from ? [...from.messages] : [];
    this.#segment = from?.segment ?? 0;
    for (const message of this.#messages) this.#since += sentWeight(message);
  }

  /** Only ever appended to; a new array with every segment. */
  get messages(): Message[] {
    return this.#messages;
  }

  get segment(): number {
    return this.#segment;
  }

  /** What the next request will weigh, as far as one can know before it is sent. */
  get tokens(): number {
    return (this.#counted ?? tokensIn(this.#before)) + tokensIn(this.#since);
  }

  async say(text: string, images: readonly ImagePart[] = []): Promise<void> {
    const message: UserMessage = { role: 'user', parts: [{ type: 'text', text }, ...images] };
    await this.#record(message);
    this.#push(message);
  }

  async answer(message: AssistantMessage, usage: Usage): Promise<void> {
    await this.#record(message);
    this.#push(message);
    const { input, output } = usage;
    if (input === undefined || output === undefined || usage.estimated) return;
    this.#counted = input + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) + output;
    this.#since = 0;
  }

  results(message: ToolMessage): void {
    this.#push(message);
  }

  /** Leaves everything behind but this text, and the last messages. */
  async restart(text: string, tail: readonly Message[] = [], images: readonly ImagePart[] = []): Promise<void> {
    this.#segment++;
    this.#messages = [];
    this.#counted = undefined;
    this.#since = 0;
    await this.say(text, images);
    for (const message of tail) this.#push(message);
  }

  /**
   * How many messages stand before the last ones that weigh no more than so many tokens. Those begin with an answer; the
   * last answer with what came of it is always among them, since nobody has read that yet.
   */
  beforeTail(room: number): number {
    let left = room;
    const last = this.#messages.findLastIndex(message => message.role === 'assistant');
    let start = last > 0 ? last : this.#messages.length;
    for (let at = this.#messages.length - 1; at > 0; at--) {
      const message = this.#messages[at] as Message;
      left -= tokensIn(sentWeight(message));
      if (left < 0) break;
      if (message.role === 'assistant') start = at;
    }
    return start;
  }

  /** Tokens that leaving out the results in the first messages would free. */
  freeable(messages: number): number {
    const before = this.#messages.slice(0, messages);
    const freed = before.reduce((sum, message) => sum + sentWeight(message) - sentWeight(withoutResults(message)), 0);
    return tokensIn(freed);
  }

  /** Leaves out the results of tools in the first messages. */
  trim(messages: number): void {
    const freed = this.freeable(messages);
    this.#messages = this.#messages.map((message, at) => (at < messages ? withoutResults(message) : message));
    if (this.#counted !== undefined) this.#counted = Math.max(0, this.#counted - freed);
    else this.#since = this.#messages.reduce((sum, message) => sum + sentWeight(message), 0);
  }

  #push(message: Message): void {
    this.#messages.push(message);
    this.#since += sentWeight(message);
  }

  async #record(whole: Message): Promise<void> {
    const { message, images } = await withImagesKept(whole, this.#journal);
    const shown = images.length > 0 && { images };
    const about = { type: 'agent-message', agent: this.#agent, segment: this.#segment, ...shown } as const;
    if (weightOf(message) <= INLINE) {
      this.#journal.append({ ...about, message });
      return;
    }
    const blob = await this.#journal.putText(JSON.stringify(message));
    this.#journal.append({ ...about, blob, role: message.role });
  }
}
