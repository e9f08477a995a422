import type { ContractCase, ContractOutcome, ContractRow } from '../../protocol/contract.ts';
import { compatibility } from './evidence.ts';

/** "5 of 6 operations kept, 1 broken, 0 not tried", for people. */
export function showCompatibility(contracts: readonly ContractOutcome[]): string {
  const { kept, broken, 'not-tried': untried } = compatibility(contracts);
  const all = kept + broken + untried;
  return all === 0
    ? 'no contract was tried'
    : `${kept} of ${all} ${all === 1 ? 'operation' : 'operations'} kept, ${broken} broken, ${untried} not tried`;
}

/** What each kind of case shows. */
const KINDS: Record<ContractCase['kind'], string> = {
  data: 'Data format',
  errors: 'Error answers',
  cors: 'CORS',
  methods: 'Methods it does not have',
};

/** How each kind of case went, over all operations: "Data format: 4 of 4 kept". */
export function showKinds(contracts: readonly ContractOutcome[]): string[] {
  const cases = contracts.flatMap(({ rows }) => rows.flatMap(row => row.cases));
  return Object.entries(KINDS).map(([kind, name]) => {
    const of = cases.filter(one => one.kind === kind && one.result !== 'not-tried');
    const kept = of.filter(({ result }) => result === 'kept').length;
    return `${name}: ${of.length === 0 ? 'not tried' : `${kept} of ${of.length} kept, by requests that ran`}`;
  });
}

/** What is broken in a row, or why it was not tried; else what was checked. */
export function rowDetail({ result, cases }: ContractRow): string {
  if (result === 'kept')
    return cases.map(({ name, result }) => (result === 'kept' ? name : `${name}: not tried`)).join('; ');
  return cases
    .filter(one => one.result === result)
    .map(({ name, detail }) => (detail === undefined ? name : `${name}: ${detail}`))
    .join('; ');
}
