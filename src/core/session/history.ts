import type { Rung } from '../../protocol/events.ts';
import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';

/** A stretch of time in which an agent was in one status with one model. */
export interface Span {
  /** Counted from 1 within the agent. */
  n: number;
  from: number;
  to?: number;
  status: 'running' | 'paused' | 'waiting';
  model?: ModelRef;
}

/** Something that went otherwise than planned, or that explains a break in somebody's work. */
export interface Mark {
  /** Counted from 1 within the session. */
  n: number;
  at: number;
  kind:
    | Rung
    | 'failover'
    | 'retry'
    | 'lead'
    | 'compacted'
    | 'reassigned'
    | 'denied'
    | 'warning'
    | 'error'
    | 'budget-alert'
    | 'budget-spent'
    | 'resumed';
  agent?: string;
  from?: ModelRef;
  to?: string;
  text: string;
}

export interface LatencySample {
  ms: number;
  ok: boolean;
  firstTokenMs?: number;
}

/** Money and tokens up to then, by provider. */
export interface SpendingPoint {
  at: number;
  by: Record<string, { cost: NanoUsd; tokens: number }>;
}

/** Who worked when and how it went: bounded, whatever the length of the session. */
export interface History {
  /** By agent; `count` says how many spans there were, the latest of them are kept. */
  lanes: Map<string, { count: number; spans: Span[] }>;
  /** The latest marks; `markCount` says how many there were. */
  marks: Mark[];
  markCount: number;
  /** Money and tokens so far, at most one point for each `stepMs`. */
  spending: { stepMs: number; points: SpendingPoint[] };
  /** The latest finished calls, by provider. */
  latencies: Map<string, LatencySample[]>;
}
