import type { TallyView } from '../../src/protocol/dashboard-rows.ts';

/** All tokens of the disjoint buckets; reasoning is a part of output. */
export const tokensOf = ({ input, cacheRead, cacheWrite, output }: TallyView): number =>
  input + cacheRead + cacheWrite + output;
