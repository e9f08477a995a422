import type { SpanRow } from './model.ts';

/** The stretch of time that is drawn. */
export interface Window {
  from: number;
  to: number;
}

export interface Bar {
  id: string;
  x: number;
  width: number;
  status: SpanRow['status'];
  model: string | undefined;
}

const LEAST_WIDTH = 2;

/** Where the spans of a lane stand, in pixels; a span that has not ended goes on to `now`. */
export function bars(spans: readonly SpanRow[], { from, to }: Window, width: number, now: number): Bar[] {
  const scale = to > from ? width / (to - from) : 0;
  const drawn: Bar[] = [];
  for (const { id, from: begin, to: end = Math.max(now, begin), status, model } of spans) {
    if (end < from || begin > to) continue;
    const x = Math.max(0, (begin - from) * scale);
    const right = Math.min(width, (end - from) * scale);
    drawn.push({ id, x, width: Math.max(LEAST_WIDTH, right - x), status, model });
  }
  return drawn;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const PIXELS_PER_TICK = 90;

/** Round times since the beginning, as many as have room. */
export function ticks({ from, to }: Window, start: number, width: number): number[] {
  const wanted = Math.max(1, Math.floor(width / PIXELS_PER_TICK));
  const step = 1000 * (STEPS.find(seconds => (to - from) / 1000 / seconds <= wanted) ?? 86_400);
  const first = start + Math.ceil((from - start) / step) * step;
  const found: number[] = [];
  for (let at = first; at <= to; at += step) found.push(at);
  return found;
}
