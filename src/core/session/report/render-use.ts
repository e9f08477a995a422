import { showCount, showDuration, showMoney } from '../../../protocol/show.ts';
import { allTokens } from '../../../protocol/tokens.ts';
import { showRate, showSpent } from '../figures.ts';
import { code, plain, table } from '../markdown.ts';
import type { Report, UseReport } from './report.ts';

/** How many tokens were used, as far as it is known. */
export const tokens = ({ tokens: of, callsOfUnknownUsage }: UseReport): string => {
  if (!of) return 'unknown';
  const all = showCount(allTokens(of));
  return callsOfUnknownUsage > 0 ? `at least ${all}` : all;
};
/** What it cost, with what is known of it only as an upper bound. */
export const cost = ({ costNanoUsd = 0, boundNanoUsd = 0, callsOfUnknownCost }: UseReport): string =>
  showSpent(costNanoUsd, boundNanoUsd, callsOfUnknownCost);

const useHead = ['Calls', 'Success', 'Average response', 'Tokens', 'Cost'];
const useCells = (use: UseReport) => [
  String(use.calls),
  showRate(use.successRate),
  showDuration(use.averageResponseMs),
  tokens(use),
  cost(use),
];

/** What each provider, model and agent did, and what it cost. */
export function performance({ providers, models, agents, notStarted, budget, total }: Report): string[] {
  return [
    '## Performance and Cost',
    '',
    ...budget.map(
      ({ scope, key, limitNanoUsd }) =>
        `Budget of ${scope}${scope === 'session' ? '' : ` ${code(key)}`}: ${showMoney(limitNanoUsd)}${scope === 'session' ? `; spent: ${cost(total)}` : ''}.\n`,
    ),
    '### By Provider',
    '',
    ...(providers.length === 0 ? ['*None was used*', ''] : []),
    ...table(
      ['Provider', ...useHead, 'Switches away'],
      providers.map(one => [plain(one.provider), ...useCells(one), String(one.switchesAway)]),
    ),
    '### By Model',
    '',
    ...(models.length === 0 ? ['*None was used*', ''] : []),
    ...table(
      ['Model', ...useHead],
      models.map(one => [code(one.model), ...useCells(one)]),
    ),
    '### By Agent',
    '',
    ...(agents.length === 0 ? ['*There was none*', ''] : []),
    ...table(
      ['Agent', 'Role', 'Task', 'Model', 'Outcome', 'Turns', 'Tools', ...useHead],
      agents.map(one => [
        code(one.agent),
        plain(one.role),
        one.task === undefined ? '' : plain(one.task),
        one.models.length === 0 ? 'none called' : one.models.map(code).join(', '),
        one.status,
        String(one.turns),
        String(one.tools),
        ...useCells(one.use),
      ]),
    ),
    ...(notStarted.length === 0 ? [] : ['### Not Started', '']),
    ...table(
      ['Agent', 'Role', 'Task', 'Model', 'Why'],
      notStarted.map(one => [
        code(one.agent),
        plain(one.role),
        `${plain(one.task)}${one.part === 'review' ? ' (review)' : ''}`,
        code(one.model),
        plain(one.why),
      ]),
    ),
  ];
}
