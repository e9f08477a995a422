import type { LivePart } from './dashboard.ts';

/** Kinds that go on: what follows of the same kind is the same text. */
export const FLOWING: ReadonlySet<LivePart['kind']> = new Set(['text', 'reasoning', 'arguments', 'output'] as const);
