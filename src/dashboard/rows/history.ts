import type { SessionState } from '../../core/session/state.ts';
import { spanId } from '../../core/session/touched.ts';
import type { Row } from '../../protocol/dashboard-rows.ts';
import { given } from './given.ts';

export function spanRow(state: SessionState, id: string): Row<'spans'> | undefined {
  const at = id.lastIndexOf('#');
  const agent = id.slice(0, at);
  const spans = state.history.lanes.get(agent)?.spans;
  const span = spans?.[Number(id.slice(at + 1)) - (spans[0]?.n ?? 0)];
  if (!span) return undefined;
  return { id, agent, from: span.from, status: span.status, ...given({ to: span.to, model: span.model }) };
}

export function markRow(state: SessionState, id: string): Row<'marks'> | undefined {
  const { marks } = state.history;
  const mark = marks[Number(id) - (marks[0]?.n ?? 0)];
  if (!mark) return undefined;
  const { at, kind, text, agent, from, to } = mark;
  return { id, at, kind, text, ...given({ agent, from, to }) };
}

export function* spanIds(state: SessionState): Generator<string> {
  for (const [agent, { spans }] of state.history.lanes) for (const { n } of spans) yield spanId(agent, n);
}

export function* markIds(state: SessionState): Generator<string> {
  for (const { n } of state.history.marks) yield String(n);
}
