import type { ContractCase, ContractResult, ContractRow } from '../../protocol/contract.ts';
import type { Http } from '../ports.ts';
import type { Contract, Method, Operation } from './openapi.ts';
import { type Trial, tryOperation, tryWrongMethod } from './try-operation.ts';
import { Known } from './world.ts';

/** What is there is listed and added to before it is changed, and taken away last, the inner things before the outer. */
const ORDER: Record<Method, number> = { get: 1, head: 1, post: 0, put: 2, patch: 2, trace: 2, options: 3, delete: 4 };

const depth = ({ path }: Operation) => path.split('/').length;

function rank(a: Operation, b: Operation): number {
  const last = (operation: Operation) => (operation.method === 'delete' ? 1 : 0);
  const deeper = last(a) === 1 && last(b) === 1 ? depth(b) - depth(a) : depth(a) - depth(b);
  return last(a) - last(b) || deeper || ORDER[a.method] - ORDER[b.method];
}

/** Broken as soon as one case is; kept when what it is for was tried, and nothing is broken. */
export function rowOf(operation: string, cases: ContractCase[]): ContractRow {
  const result: ContractResult = cases.some(one => one.result === 'broken')
    ? 'broken'
    : cases.some(one => one.kind === 'data' && one.result === 'kept')
      ? 'kept'
      : 'not-tried';
  return { operation, result, cases };
}

/** Sends the requests of a contract, and wrong ones, to parts that are at work: a row for each of its operations. */
export async function tryContract(
  contract: Contract,
  http: Http,
  base: string,
  signal: AbortSignal,
): Promise<ContractRow[]> {
  const trial: Trial = { contract, http, base, known: new Known(), signal };
  const cases = new Map<Operation, ContractCase[]>();
  for (const operation of contract.operations.toSorted(rank))
    cases.set(operation, await tryOperation(trial, operation));
  for (const path of new Set(contract.operations.map(operation => operation.path))) {
    const strange = await tryWrongMethod(trial, path);
    const first = contract.operations.find(operation => operation.path === path);
    if (strange && first) cases.get(first)?.push(strange);
  }
  return contract.operations.map(operation =>
    rowOf(`${operation.method.toUpperCase()} ${operation.path}`, cases.get(operation) ?? []),
  );
}
