import type { ProviderEvent } from './contract.ts';
import type { WatchdogSettings } from './settings.ts';

/** What the situation makes of the settings, for one call. */
export interface Limits extends WatchdogSettings {
  /** The model may be at work without a single byte of it. */
  thinksInSilence?: boolean;
  /** After so long without a word another model is asked beside it, if one can be. */
  quietMs?: number;
}

/** What a call's limits depend on beside the settings. */
export interface Situation {
  /** Another model of the route could be asked at once. */
  others: boolean;
  /** This model, or another behind the same credential, has kept us waiting, and has not answered since. */
  suspected: boolean;
  thinksInSilence: boolean;
  hidesThoughts: boolean;
  /** About so long it has been quiet lately and answered all the same. */
  usedToMs: number;
  /** About how long the prompt is. */
  tokens: number;
}

/** Long prompts take longer to be read: each token beyond so many. */
const SHORT_PROMPT = 10_000;
const READING_MS_A_TOKEN = 0.1;
/** Whoever kept us waiting before is not waited for again for long, while others could answer. */
const SUSPECT_PATIENCE_MS = 4000;
/** Who was quiet for long and then answered may be so again, and for half as long more. */
const SLOWER = 1.5;
/** But no longer for that alone, while others could answer. */
const LONGEST_QUIET_MS = 30_000;

export function limitsFor(settings: WatchdogSettings, situation: Situation): Limits {
  const { others, suspected, thinksInSilence, hidesThoughts, tokens, usedToMs } = situation;
  const reading = Math.max(0, tokens - SHORT_PROMPT) * READING_MS_A_TOKEN;
  const { connectMs, firstByteMs, silenceMs, patienceMs = Number.POSITIVE_INFINITY, thinkingMs, aliveMs } = settings;
  const silence = others ? patienceMs : Number.POSITIVE_INFINITY;
  const patient = (ms: number) => (suspected && ms < Number.POSITIVE_INFINITY ? Math.min(ms, SUSPECT_PATIENCE_MS) : ms);
  const first = patient(silence);
  const thinksUnseen = thinksInSilence || hidesThoughts;
  const slower = usedToMs * SLOWER;
  const alive = aliveMs && Math.max(aliveMs, Math.min(slower, thinkingMs ?? slower));
  const believed = thinksUnseen ? thinkingMs : alive;
  return {
    ...settings,
    connectMs: Math.min(connectMs, first) + reading,
    firstByteMs: Math.min(firstByteMs, first) + reading,
    silenceMs: Math.min(silenceMs, silence),
    ...(believed !== undefined && { aliveMs: believed }),
    quietMs: thinksUnseen
      ? Number.POSITIVE_INFINITY
      : Math.max(patient(patienceMs) + reading, Math.min(slower, LONGEST_QUIET_MS)),
    ...(thinksInSilence && { thinksInSilence }),
  };
}

type Phase = 'connect' | 'first-byte' | 'streaming';

/** About so many characters are a token; and so many bytes on the wire, with all that vendors put around it. */
const CHARACTERS_A_TOKEN = 4;
const BYTES_A_TOKEN = 30;
const CALL_TOKENS = 20;

/**
 * Until when a stream may go on as it does. Each word gives it time: as much as it may take by the least rate, and never
 * more than the longest silence. So nothing at all is too slow after that silence, and a trickle a little later.
 */
export class Pace {
  #limits: Limits;
  #phase: Phase = 'connect';
  #deadline: number;
  /** When something was last said that counts. */
  #saidAt: number;
  /** When it last said a word, or began. */
  #wordAt: number;
  #longestQuietMs = 0;
  /** Something that people can read has come. */
  #spoke = false;
  /** By its own word it thinks, or writes a call, which some vendors send in one piece. */
  #at: 'thought' | 'call' | undefined;
  /** More came, only too little. */
  #trickles = false;
  /** For how long it only says that it is at work, while that is all that it says. */
  #believed: number | undefined;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#saidAt = now;
    this.#wordAt = now;
    this.#deadline = now + this.#longest;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get deadline(): number {
    return this.#deadline;
  }

  /** What ends it, in a word. */
  get code(): string {
    return `watchdog-${this.#believed === undefined ? this.#phase : 'alive'}`;
  }

  /** How long the connection has lived without a word, while the model does not say that it is at work. */
  quietMs(now: number): number {
    return this.#at ? 0 : now - this.#wordAt;
  }

  /** The longest time before one of the words that came. */
  get longestQuietMs(): number {
    return this.#longestQuietMs;
  }

  /** For people: what was waited for in vain. */
  get complaint(): string {
    const { leastTokensPerMinute } = this.#limits;
    if (this.#trickles) return `less than ${leastTokensPerMinute} tokens a minute came`;
    const what = { connect: 'no answer', 'first-byte': 'no word after its headers', streaming: 'silence' }[this.#phase];
    return this.#believed === undefined
      ? `${what} for ${seconds(this.#longest)} s`
      : `nothing but signs of life for ${seconds(this.#believed)} s`;
  }

  /** Our own reader has taken so long to ask for more: that is not the server's time. */
  excuse(ms: number): void {
    this.#deadline += ms;
    this.#saidAt += ms;
    this.#wordAt += ms;
  }

  heard(event: ProviderEvent, now: number): void {
    if (event.type === 'open') {
      if (this.#phase === 'connect') this.#enter('first-byte', now);
      return;
    }
    if (event.type === 'alive') {
      this.#alive(event, now);
      return;
    }
    this.#spoke = true;
    this.#longestQuietMs = Math.max(this.#longestQuietMs, this.quietMs(now));
    this.#at = event.type === 'tool-call-start' || event.type === 'tool-call-delta' ? 'call' : undefined;
    this.#wordAt = now;
    this.#believed = undefined;
    if (this.#phase !== 'streaming') this.#enter('streaming', now);
    this.#saidAt = now;
    this.#deadline = this.#earned(tokensOf(event), now);
  }

  #alive({ part, thinking }: Extract<ProviderEvent, { type: 'alive' }>, now: number): void {
    if (part !== undefined) {
      this.#deadline = Math.max(this.#deadline, this.#earned(part / BYTES_A_TOKEN, now));
      return;
    }
    if (this.#phase !== 'streaming') this.#enter('streaming', now);
    if (thinking) {
      this.#at = 'thought';
      this.#wordAt = now;
    } else if (this.#at === 'thought') this.#at = undefined;
    const { thinkingMs, aliveMs } = this.#limits;
    const longest = Math.max((this.#at ? thinkingMs : aliveMs) ?? Number.POSITIVE_INFINITY, this.#longest);
    const believed = this.#saidAt + longest;
    this.#deadline = thinking ? believed : Math.min(now + this.#longest, believed);
    this.#believed = this.#deadline === believed ? longest : undefined;
    this.#trickles = false;
  }

  #earned(tokens: number, now: number): number {
    const { leastTokensPerMinute: least = 0 } = this.#limits;
    const most = now + this.#longest;
    const earned = least > 0 ? this.#deadline + (tokens * 60_000) / least : most;
    this.#trickles = earned < most;
    return Math.min(most, earned);
  }

  #enter(phase: Phase, now: number): void {
    this.#phase = phase;
    this.#saidAt = now;
    this.#deadline = now + this.#longest;
  }

  get #longest(): number {
    const { connectMs, firstByteMs, silenceMs, thinkingMs, thinksInSilence } = this.#limits;
    const limit = { connect: connectMs, 'first-byte': firstByteMs, streaming: silenceMs }[this.#phase];
    if (thinksInSilence && !this.#spoke && thinkingMs !== undefined) return Math.max(limit, thinkingMs);
    return limit;
  }
}

const seconds = (ms: number): number => Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0));

function tokensOf(event: ProviderEvent): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return event.text.length / CHARACTERS_A_TOKEN;
    case 'tool-call-delta':
      return event.json.length / CHARACTERS_A_TOKEN;
    case 'tool-call-start':
      return CALL_TOKENS;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
