import { checkText } from '../../plan/check-text.ts';
import { checkedContracts } from '../evidence.ts';
import { code, latest, list, plain, timeOfDay } from '../markdown.ts';
import { rowDetail, showCompatibility, showKinds } from '../show-contract.ts';
import type { SessionState } from '../state.ts';

const MOST = 60;

interface Trouble {
  at: number;
  what: string;
  detail: string;
  /** When it was kept again; absent: it is not. */
  mended?: number;
}

/** What checks of contracts found broken at any time, and whether later checks found it kept. */
function troubles(state: SessionState): Trouble[] {
  const found = new Map<string, Trouble>();
  for (const { checks } of state.tasks.values())
    for (const { check, contract, ok, interrupted, at } of checks) {
      if (!('artifact' in check) || interrupted || !(check.matches || check.serves)) continue;
      const untried = `${check.artifact}: ${checkText(check)}`;
      if (!contract) {
        if (!ok) found.set(untried, { at, what: untried, detail: 'could not be tried' });
        continue;
      }
      const before = found.get(untried);
      if (before) before.mended ??= at;
      for (const row of contract.rows) {
        const what = `${contract.artifact}: ${row.operation}`;
        const known = found.get(what);
        if (row.result === 'kept' && known) known.mended ??= at;
        if (row.result !== 'broken') continue;
        if (known && known.mended === undefined) known.detail = rowDetail(row);
        else found.set(what, { at, what, detail: rowDetail(row) });
      }
    }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

export function integrationChallenges(state: SessionState): string[] {
  const contracts = checkedContracts(state);
  const all = troubles(state);
  return [
    '## Integration Challenges',
    '',
    '### Compatibility Analysis',
    '',
    `- Operations: ${showCompatibility(contracts)}`,
    ...(contracts.length > 0 ? showKinds(contracts).map(line => `- ${line}`) : []),
    '',
    '### Compatibility Issues',
    '',
    ...list(
      latest(
        all.map(({ at, what, detail }) => `[${timeOfDay(at)}] ${plain(what)} was broken: ${plain(detail)}`),
        MOST,
      ),
      'No contract was found broken so far',
    ),
    '### Resolution Strategies',
    '',
    ...list(
      latest(
        all.map(
          ({ what, mended }) =>
            `${code(what)}: ${mended === undefined ? '**not resolved**' : `kept since [${timeOfDay(mended)}]`}`,
        ),
        MOST,
      ),
      'Nothing to resolve',
    ),
  ];
}
