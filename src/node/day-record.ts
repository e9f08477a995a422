import * as z from 'zod';

const Nano = z.number().int().nonnegative();
/** What one process has spent on a day, and what it may still spend on calls under way. */
const Holder = z.object({ pid: z.number().int(), host: z.string(), at: z.number(), spent: Nano, granted: Nano });
const Day = z.object({ spent: Nano, holders: z.record(z.string(), Holder) });
export const DayRecord = z.object({ v: z.literal(1), days: z.record(z.string(), Day) });

export type Holder = z.infer<typeof Holder>;
export type Day = z.infer<typeof Day>;
export type DayRecord = z.infer<typeof DayRecord>;

/** Days kept, so that a clock that is set back finds what was spent. */
const KEPT = 40;

export function parseRecord(text: string): DayRecord | undefined {
  try {
    return DayRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The user's calendar day, by the time zone of the machine. */
export function dayOf(now: number): string {
  const date = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The record with this day in it, and holders that are gone folded in: what they held counts as spent. */
export function tidied(
  record: DayRecord,
  name: string,
  gone: (id: string, holder: Holder) => boolean,
): { days: DayRecord['days']; day: Day } {
  const days: DayRecord['days'] = {};
  const names = [...new Set([...Object.keys(record.days), name])].sort();
  for (const key of names.slice(-KEPT)) days[key] = folded(record.days[key], gone);
  const day = days[name] ?? folded(record.days[name], gone);
  days[name] = day;
  return { days, day };
}

function folded(day: Day | undefined, gone: (id: string, holder: Holder) => boolean): Day {
  const holders: Day['holders'] = {};
  let spent = day?.spent ?? 0;
  for (const [id, holder] of Object.entries(day?.holders ?? {})) {
    if (gone(id, holder)) spent += holder.spent + holder.granted;
    else holders[id] = holder;
  }
  return { spent, holders };
}

export function spentOn(day: Day): number {
  return Object.values(day.holders).reduce((sum, holder) => sum + holder.spent, day.spent);
}

export function grantedOn(day: Day): number {
  return Object.values(day.holders).reduce((sum, holder) => sum + holder.granted, 0);
}
