const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000, w: 7 * 24 * 3_600_000 };

/** A time as people write it: `17:00` (the next one), `2026-12-01` (its end), `2026-12-01T09:00`, `90m`, `3h`, `2d`, `1w`. */
export function readTime(text: string, now: number): number | undefined {
  const words = text.trim();
  const span = /^\+?(\d+(?:\.\d+)?)\s*([mhdw])$/i.exec(words);
  if (span) return now + Number(span[1]) * (UNITS[(span[2] ?? '').toLowerCase()] ?? Number.NaN);
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(words);
  if (clock) {
    const at = new Date(now);
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (at.getTime() <= now) at.setDate(at.getDate() + 1);
    return at.getTime();
  }
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(words);
  if (day) {
    const [year, month, date] = [Number(day[1]), Number(day[2]), Number(day[3])];
    const start = new Date(year, month - 1, date);
    // 31 February is no day.
    if (start.getMonth() !== month - 1 || start.getDate() !== date) return undefined;
    return new Date(year, month - 1, date + 1).getTime() - 1;
  }
  const at = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(words) ? Date.parse(words.replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
