import type { TallyView } from '../../src/protocol/dashboard-rows.ts';
import { showMoney } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';

/** All tokens of the disjoint buckets; reasoning is a part of output. */
export const tokensOf = ({ input, cacheRead, cacheWrite, output }: TallyView): number =>
  input + cacheRead + cacheWrite + output;

/** What it cost: with a plus where calls without a price come on top. */
export function costOf({ cost, unknownCost }: TallyView): string {
  if (unknownCost === 0) return showMoney(cost);
  return cost === 0 ? l10n.t('no price') : `${showMoney(cost)}+`;
}
