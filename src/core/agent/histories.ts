import type { EventOf, JournalEvent, LongText, SeenVersion } from '../../protocol/events.ts';
import type { Hash, ModelRef, RelPath } from '../../protocol/ids.ts';
import type { Message, StopReason, ToolCallPart, ToolMessage } from '../../protocol/message.ts';
import type { Journal } from '../session/contract.ts';
import { isUnreadable } from './calls.ts';
import type { InFlight, ResumePoint, Strikes, ToolResult } from './contract.ts';
import { withoutResults } from './conversation.ts';
import { readForeign } from './foreign-tools.ts';
import { shownImages } from './kept-images.ts';

type Outcome = EventOf<'tool-outcome'>;
type Blobs = Pick<Journal, 'getBlob'>;
type Flight = Omit<InFlight, 'command'> & { command?: EventOf<'command-ended'> };
/** A message, or the outcomes that answer the calls of the message before. */
type Item = (({ message: Message } | { blob: Hash }) & Shown) | { outcomes: Map<string, Outcome> };
type Shown = { images: EventOf<'agent-message'>['images'] };

interface Track {
  task?: string;
  segment: number;
  answers: number;
  items: Item[];
  /** In so many of the first items results of tools are left out. */
  trimmed: number;
  /** How many of the last items stay when the next segment begins. */
  tail: number;
  seen: SeenVersion[];
  written: Set<RelPath>;
  strikes: Strikes;
  model?: ModelRef;
  /** Where the definitions of its foreign tools stand. */
  tools?: Hash;
  stop?: StopReason;
  /** The last answer, until another message follows it. */
  open?: { stop?: StopReason; outcomes: Map<string, Outcome>; flights: Map<string, Flight> };
}

const freshTrack = (task?: string): Track => ({
  ...(task !== undefined && { task }),
  segment: 0,
  answers: 0,
  items: [],
  trimmed: 0,
  tail: 0,
  seen: [],
  written: new Set(),
  strikes: { idle: 0, unreadable: 0 },
});

/** Counts an answer that moved nothing, or forgets the count. */
export function strike(strikes: Strikes, calls: number, unreadable: boolean): void {
  strikes.idle = calls === 0 ? strikes.idle + 1 : 0;
  strikes.unreadable = calls > 0 && unreadable ? strikes.unreadable + 1 : 0;
}

/**
 * Rebuilds conversations from the journal's events, given in order: of agents that have not ended, and of those who have
 * done a task that is not over, since it may come back to them.
 */
export class AgentHistories {
  readonly #tracks = new Map<string, Track>();
  readonly #writes = new Map<string, Flight>();
  /** Who has ended, but is kept until the task is over. */
  readonly #finished = new Set<string>();
  /** Whose conversations are a CLI agent's own: nothing goes on from them. */
  readonly #workers = new Set<string>();

  apply(event: JournalEvent): void {
    switch (event.type) {
      case 'agent-started':
        this.#finished.delete(event.agent);
        if (event.worker !== undefined) this.#workers.add(event.agent);
        else if (!this.#tracks.has(event.agent)) this.#tracks.set(event.agent, freshTrack(event.task));
        return;
      case 'agent-ended':
        this.#ended(event);
        return;
      case 'task-completed':
      case 'task-failed':
      case 'task-skipped':
      case 'task-cancelled':
        this.#over(event.task);
        return;
      case 'agent-reassigned':
        if (this.#workers.delete(event.agent)) this.#tracks.set(event.agent, freshTrack());
        return;
      case 'call-intent': {
        const track = this.#tracks.get(event.agent);
        if (track) track.model = event.model;
        return;
      }
      case 'call-outcome': {
        const track = this.#tracks.get(event.agent ?? '');
        if (track && event.result.ok) track.stop = event.result.stop;
        return;
      }
      case 'agent-tools': {
        const track = this.#tracks.get(event.agent);
        if (track) track.tools = event.blob;
        return;
      }
      case 'agent-message':
        this.#message(event);
        return;
      case 'agent-compacted': {
        const track = this.#tracks.get(event.agent);
        if (track) track.tail = event.tail ?? 0;
        return;
      }
      case 'agent-trimmed': {
        const track = this.#tracks.get(event.agent);
        if (track) track.trimmed = event.messages;
        return;
      }
      case 'tool-intent':
        this.#tracks.get(event.agent)?.open?.flights.set(event.call, { effect: event.effect });
        return;
      case 'write-intent': {
        const flights = this.#tracks.get(event.agent)?.open?.flights;
        const flight = flights && [...flights.values()].findLast(one => one.effect === 'write');
        if (!flight) return;
        flight.write = { intent: event };
        this.#writes.set(event.write, flight);
        return;
      }
      case 'write-outcome': {
        const flight = this.#writes.get(event.write);
        this.#writes.delete(event.write);
        if (flight?.write) flight.write.outcome = event;
        return;
      }
      case 'command-ended': {
        const flight = this.#tracks.get(event.agent ?? '')?.open?.flights.get(event.call);
        if (flight) flight.command = event;
        return;
      }
      case 'tool-outcome':
        this.#outcome(event);
        return;
    }
  }

  /** Where the agent stood; undefined where there is nothing to go on from. */
  async resumePoint(agent: string, blobs: Blobs): Promise<ResumePoint | undefined> {
    const track = this.#tracks.get(agent);
    if (!track) return undefined;
    const messages: Message[] = [];
    for (const [at, item] of track.items.entries()) {
      const message = await messageOf(item, messages.at(-1), blobs);
      if (!message) return undefined;
      messages.push(at < track.trimmed ? withoutResults(message) : message);
    }
    if (messages.length === 0) return undefined;
    const { open, model } = track;
    const foreign = track.tools === undefined ? undefined : await readForeign(track.tools, blobs);
    return {
      messages,
      segment: track.segment,
      turn: open ? track.answers : track.answers + 1,
      seen: [...track.seen],
      written: [...track.written],
      strikes: { ...track.strikes },
      ...(model !== undefined && { model }),
      ...(foreign && { foreign }),
      ...(open && { answer: await answerOf(open, blobs) }),
    };
  }

  #ended({ agent, outcome }: EventOf<'agent-ended'>): void {
    if (outcome === 'interrupted') return;
    if (outcome === 'completed' && this.#tracks.get(agent)?.task !== undefined) this.#finished.add(agent);
    else this.#tracks.delete(agent);
  }

  #over(task: string): void {
    for (const agent of this.#finished) {
      if (this.#tracks.get(agent)?.task !== task) continue;
      this.#tracks.delete(agent);
      this.#finished.delete(agent);
    }
  }

  #message(event: EventOf<'agent-message'>): void {
    const track = this.#tracks.get(event.agent);
    if (!track) return;
    const { open } = track;
    if (open) {
      const outcomes = [...open.outcomes.values()];
      strike(track.strikes, outcomes.length, outcomes.every(isUnreadable));
      if (outcomes.length) track.items.push({ outcomes: open.outcomes });
      delete track.open;
    }
    let tail: Item[] = [];
    if (event.segment > track.segment) {
      track.segment = event.segment;
      const left = track.items.length - track.tail;
      tail = track.items.slice(left);
      track.trimmed = Math.max(0, track.trimmed - left + 1);
      track.items = [];
      track.seen = tail
        .flatMap(item => ('outcomes' in item ? [...item.outcomes.values()] : []))
        .flatMap(({ seen }) => seen ?? []);
      track.tail = 0;
    }
    const { message, blob, images } = event;
    if (message) track.items.push({ message, images });
    else if (blob) track.items.push({ blob, images });
    track.items.push(...tail);
    if ((event.message?.role ?? event.role) !== 'assistant') return;
    track.answers++;
    const { stop } = track;
    track.open = { outcomes: new Map(), flights: new Map(), ...(stop && { stop }) };
    delete track.stop;
  }

  #outcome(event: Outcome): void {
    const track = this.#tracks.get(event.agent);
    if (!track?.open) return;
    const flight = track.open.flights.get(event.call);
    track.open.flights.delete(event.call);
    track.open.outcomes.set(event.call, event);
    if (!event.seen) return;
    track.seen.push(event.seen);
    if (event.ok && flight?.effect === 'write') track.written.add(event.seen.path);
  }
}

const textOf = async (long: LongText, blobs: Blobs): Promise<string> => {
  const bytes = long.blob === undefined ? undefined : await blobs.getBlob(long.blob);
  return bytes ? new TextDecoder().decode(bytes) : long.text;
};

const resultOf = async (event: Outcome, blobs: Blobs): Promise<ToolResult> => {
  const output = await textOf(event.output, blobs);
  const images = await shownImages(event.images, blobs);
  return event.ok
    ? { ok: true, output, ...(images.length > 0 && { images }) }
    : { ok: false, refusal: event.refusal ?? 'failed', output };
};

const withImages = async (message: Message, { images }: Shown, blobs: Blobs): Promise<Message> =>
  message.role === 'user' && images
    ? { ...message, parts: [...message.parts, ...(await shownImages(images, blobs))] }
    : message;

async function messageOf(item: Item, before: Message | undefined, blobs: Blobs): Promise<Message | undefined> {
  if ('message' in item) return withImages(item.message, item, blobs);
  if ('blob' in item) {
    const bytes = await blobs.getBlob(item.blob);
    return bytes && withImages(JSON.parse(new TextDecoder().decode(bytes)) as Message, item, blobs);
  }
  if (before?.role !== 'assistant') return undefined;
  const parts: ToolMessage['parts'] = [];
  for (const part of before.parts) {
    if (part.type !== 'tool-call') continue;
    parts.push(await resultPart(part, item.outcomes.get(part.id), blobs));
  }
  return { role: 'tool', parts };
}

async function resultPart(
  part: ToolCallPart,
  event: Outcome | undefined,
  blobs: Blobs,
): Promise<ToolMessage['parts'][number]> {
  const result = event && (await resultOf(event, blobs));
  const output = result?.output ?? 'Interrupted: it was not run.';
  const images = result?.ok ? result.images : undefined;
  return {
    type: 'tool-result',
    id: part.id,
    name: part.name,
    output,
    ...(!result?.ok && { isError: true }),
    ...(images && { images }),
  };
}

async function answerOf(open: NonNullable<Track['open']>, blobs: Blobs): Promise<NonNullable<ResumePoint['answer']>> {
  const results = new Map<string, ToolResult>();
  for (const [call, event] of open.outcomes) results.set(call, await resultOf(event, blobs));
  const inFlight = new Map<string, InFlight>();
  for (const [call, { effect, write, command }] of open.flights) {
    const ended = command && { ended: command, output: await textOf(command.output, blobs) };
    inFlight.set(call, { effect, ...(write && { write }), ...(ended && { command: ended }) });
  }
  return { results, inFlight, ...(open.stop && { stop: open.stop }) };
}
