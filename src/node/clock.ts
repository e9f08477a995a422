import type { Clock } from '../core/ports.ts';

/** setTimeout fires at once for anything longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      timer = left > LONGEST_MS ? setTimeout(() => arm(left - LONGEST_MS), LONGEST_MS) : setTimeout(run, left);
    };
    arm(Math.max(0, ms));
    return { dispose: () => clearTimeout(timer) };
  },
};
