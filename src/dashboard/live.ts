import type { Disposable } from '../core/ports.ts';
import type { Update } from '../protocol/dashboard.ts';
import type { AgentTexts } from './agent-texts.ts';
import { Tail } from './tail.ts';

/** In one update; an agent that says more between two is shown from the end of its text. */
const UPDATE_CHARACTERS = 24_000;
const CHARACTERS_PER_TOKEN = 4;

/** What a page is told while agents speak: the text of the one it watches, and an estimate of the tokens that came of each. */
export class Live implements Disposable {
  readonly #texts: AgentTexts;
  readonly #changed = new Set<string>();
  readonly #pending = new Tail(UPDATE_CHARACTERS);
  readonly #listening: Disposable;
  #watched: string | undefined;
  #reset = false;

  constructor(texts: AgentTexts) {
    this.#texts = texts;
    this.#listening = texts.listen({
      added: (agent, kind, text) => {
        if (agent === this.#watched && !this.#reset) this.#pending.add(kind, text);
      },
      counted: agent => this.#changed.add(agent),
    });
  }

  /** Whether there is text for the page. */
  get waiting(): boolean {
    return this.#reset || !this.#pending.empty;
  }

  get counting(): boolean {
    return this.#changed.size > 0;
  }

  watch(agent: string | undefined): void {
    this.#watched = agent;
    this.restart();
  }

  /** The page has nothing: the next update holds the end of the watched agent's text, and the counts that are not zero. */
  restart(): void {
    this.#pending.take();
    this.#reset = this.#watched !== undefined;
    this.#changed.clear();
    for (const agent of this.#texts.streamed.keys()) this.#changed.add(agent);
  }

  /** The text for the next update. */
  takeText(): Update['live'] {
    const agent = this.#watched;
    if (agent === undefined || !this.waiting) return undefined;
    const reset = this.#reset || this.#pending.cut;
    const added = this.#pending.take();
    this.#reset = false;
    return { agent, reset, parts: reset ? this.#texts.of(agent) : added };
  }

  /** The counts for the next update. */
  takeCounts(): [string, number][] {
    const { streamed } = this.#texts;
    const counts = [...this.#changed].map((agent): [string, number] => [
      agent,
      Math.ceil((streamed.get(agent) ?? 0) / CHARACTERS_PER_TOKEN),
    ]);
    this.#changed.clear();
    return counts;
  }

  dispose(): void {
    this.#listening.dispose();
  }
}
