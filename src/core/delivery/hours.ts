import type { Environment } from '../../protocol/config.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTES_OF_A_DAY = 24 * 60;

/** Whether it may be deployed at a time, by the clock on the wall. A window over midnight belongs to the day it begins on. */
export function isWithin(window: NonNullable<Environment['window']>, at: Date): boolean {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const [from, to] = [minutes(window.from), minutes(window.to)];
  const now = at.getHours() * 60 + at.getMinutes();
  const isDay = (days: number) => {
    const day = DAYS[(at.getDay() + 7 - days) % 7];
    return window.days === undefined || (day !== undefined && window.days.includes(day));
  };
  if (from < to) return isDay(0) && now >= from && now < to;
  return (isDay(0) && now >= from && now < MINUTES_OF_A_DAY) || (isDay(1) && now < to);
}
