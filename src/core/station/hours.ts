import type { Member } from '../../protocol/member.ts';

type Hours = NonNullable<Member['hours']>;

const MINUTE = 60_000;
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Minutes since midnight, as the clocks of a zone show it. */
function minuteOfDay(at: number, zone: string | undefined): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zone !== undefined && { timeZone: zone }),
  });
  return minutesOf(format.format(at));
}

/** Whether that is within the hours, which may go over midnight. */
export function isOpen({ from, to, zone }: Hours, at: number): boolean {
  const [now, first, last] = [minuteOfDay(at, zone), minutesOf(from), minutesOf(to)];
  return first <= last ? now >= first && now < last : now >= first || now < last;
}

/** When the hours begin next, to the minute; now where they have. */
export function nextOpen(hours: Hours, at: number): number {
  if (isOpen(hours, at)) return at;
  const wait = (minutesOf(hours.from) - minuteOfDay(at, hours.zone) + 24 * 60) % (24 * 60);
  return Math.floor(at / MINUTE) * MINUTE + wait * MINUTE;
}
