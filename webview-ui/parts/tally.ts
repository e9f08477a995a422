import type { TallyView } from '../../src/protocol/dashboard-rows.ts';
import { showCosts } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';

/** All tokens of the disjoint buckets; reasoning is a part of output. */
export const tokensOf = ({ input, cacheRead, cacheWrite, output }: TallyView): number =>
  input + cacheRead + cacheWrite + output;

/** What it cost, as far as that is known. */
export const costOf = (tally: TallyView): string =>
  tally.unknownCost > 0 && tally.cost === 0 ? l10n.t('no price') : showCosts(tally);
