import type { AgentStreamEvent } from '../core/agent/contract.ts';
import { livePartOf } from '../dashboard/agent-texts.ts';
import type { LivePart } from '../protocol/dashboard.ts';
import { FLOWING } from '../protocol/flowing.ts';
import type { DeltaFrame } from './event-stream.ts';

interface Piece {
  /** The last event before it. */
  after: number;
  agent: string;
  kind: LivePart['kind'];
  text: string;
}

/** What agents say between two looks, put together: a frame for each token would be mostly frame. */
export class SaidMeanwhile {
  #pieces: Piece[] = [];
  /** The latest of each agent: what another says between does not break its text. */
  readonly #latest = new Map<string, Piece>();

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Whether it was anything to tell. */
  add(agent: string, event: AgentStreamEvent, after: number): boolean {
    const part = livePartOf(event);
    if (!part) return false;
    const latest = this.#latest.get(agent);
    if (latest?.after === after && latest.kind === part.kind && FLOWING.has(part.kind)) latest.text += part.text;
    else {
      const piece = { after, agent, ...part };
      this.#pieces.push(piece);
      this.#latest.set(agent, piece);
    }
    return true;
  }

  /** Takes out what was said before that event. */
  before(seq: number): DeltaFrame[] {
    const ready = this.#pieces.findIndex(({ after }) => after >= seq);
    const taken = this.#pieces.splice(0, ready < 0 ? this.#pieces.length : ready);
    for (const piece of taken) if (this.#latest.get(piece.agent) === piece) this.#latest.delete(piece.agent);
    return taken.map(({ agent, kind, text }) => ({
      seq: undefined,
      agent,
      bytes: Buffer.from(`event: delta\ndata: ${JSON.stringify({ agent, kind, text })}\n\n`),
    }));
  }
}
