import type { ContractCase } from '../../protocol/contract.ts';
import type { Http, HttpAnswer, HttpRequest } from '../ports.ts';
import { differences } from './answer.ts';
import { keepsFromReading, keepsFromSending, letsOthersIn, ORIGIN } from './cors.ts';
import type { Contract, Method, Operation } from './openapi.ts';
import { goodBody, jsonBody, type Made, makeRequest } from './request.ts';
import { wrongOf } from './sample.ts';
import type { Known } from './world.ts';

export interface Trial {
  contract: Contract;
  http: Http;
  base: string;
  known: Known;
  signal: AbortSignal;
}

type Kind = ContractCase['kind'];
type Checked = (answer: HttpAnswer, request: HttpRequest, path: string) => Promise<string[]> | string[];

/** Sends one request and compares the answer; a request that cannot be made was not tried. */
async function one(trial: Trial, kind: Kind, name: string, made: Made, check: Checked): Promise<ContractCase> {
  if (!made.ok) return { kind, name, result: 'not-tried', detail: made.why };
  try {
    const answer = await trial.http.exchange(made.request, trial.signal);
    const wrong = await check(answer, made.request, made.path);
    const said = `${made.request.method} ${new URL(made.request.url).pathname} was answered with ${answer.status}`;
    return wrong.length === 0
      ? { kind, name, result: 'kept', detail: said }
      : { kind, name, result: 'broken', detail: `${said}: ${wrong.join('; ')}` };
  } catch (error) {
    if (trial.signal.aborted) throw error;
    return {
      kind,
      name,
      result: 'broken',
      detail: `no answer: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Everything that one operation promises, tried in an order in which the thing it is about is still there. */
export async function tryOperation(trial: Trial, operation: Operation): Promise<ContractCase[]> {
  const { contract, base, known } = trial;
  if (operation.secured) return withoutCredentials(trial, operation);
  const make = (more: { body?: { value: unknown }; missing?: boolean } = {}) =>
    makeRequest(contract, operation, { base, known, ...more });
  const cases: ContractCase[] = [];
  const errors = [...operation.responses.keys()].filter(status => /^4/.test(status) || status === 'default');
  const foreign = letsOthersIn(contract, operation);
  if (foreign) cases.push(await preflight(trial, operation, await make()));
  const wrong = await wrongBody(contract, operation);
  if (errors.some(status => /^(400|422|4XX|default)$/.test(status)) && wrong)
    cases.push(
      await one(trial, 'errors', `bad body (${wrong.what})`, await make({ body: wrong }), async answer => [
        ...(answer.status >= 400 && answer.status < 500
          ? []
          : ['a bad body must be refused with a status from 400 on']),
        ...(await differences(contract, operation, answer)),
      ]),
    );
  if (operation.path.includes('{') && errors.some(status => /^(404|410|4XX|default)$/.test(status)))
    cases.push(
      await one(trial, 'errors', 'missing thing', await make({ missing: true }), async answer => [
        ...(answer.status >= 400 && answer.status < 500
          ? []
          : ['what is not there must be answered with a status from 400 on']),
        ...(await differences(contract, operation, answer)),
      ]),
    );
  // Last, since it may take away what the others are about.
  const made = await make();
  if (made.ok && foreign) made.request.headers.origin = ORIGIN;
  let reading: string[] = [];
  const good = await one(trial, 'data', 'as the contract has it', made, async (answer, _, path) => {
    if (foreign) reading = keepsFromReading(answer);
    const found = await differences(contract, operation, answer);
    if (answer.status >= 200 && answer.status < 300 && operation.method !== 'delete') known.learn(path, answer.body);
    if (operation.method === 'delete') known.forget();
    return answer.status >= 400 ? [...found, 'a request as the contract has it must not be refused'] : found;
  });
  cases.unshift(good);
  if (foreign && made.ok && good.result !== 'not-tried')
    cases.push({
      kind: 'cors',
      name: 'read by a page of another origin',
      result: reading.length === 0 ? 'kept' : 'broken',
      ...(reading.length > 0 && { detail: `${made.request.method} ${made.path}: ${reading.join('; ')}` }),
    });
  return cases;
}

async function wrongBody(contract: Contract, operation: Operation) {
  const schema = jsonBody(operation)?.schema;
  if (schema === undefined) return undefined;
  const good = await goodBody(contract, operation);
  return wrongOf(contract.whole(schema), good?.value);
}

/** Nobody has credentials here: it can only be seen that it asks for them. */
async function withoutCredentials(trial: Trial, operation: Operation): Promise<ContractCase[]> {
  const { contract, base, known } = trial;
  const data: ContractCase = {
    kind: 'data',
    name: 'as the contract has it',
    result: 'not-tried',
    detail: 'it needs credentials, and the check has none',
  };
  if (!operation.responses.has('401') && !operation.responses.has('403')) return [data];
  const made = await makeRequest(contract, operation, { base, known });
  const refused = await one(trial, 'errors', 'without credentials', made, async answer => [
    ...(answer.status === 401 || answer.status === 403 ? [] : ['it must be refused with 401 or 403']),
    ...(await differences(contract, operation, answer)),
  ]);
  return [data, refused];
}

function preflight(trial: Trial, operation: Operation, made: Made): Promise<ContractCase> {
  const type = jsonBody(operation)?.type;
  const asks: Made = made.ok
    ? {
        ...made,
        request: {
          method: 'OPTIONS',
          url: made.request.url,
          headers: {
            origin: ORIGIN,
            'access-control-request-method': operation.method.toUpperCase(),
            ...(type !== undefined && { 'access-control-request-headers': 'content-type' }),
          },
        },
      }
    : made;
  return one(trial, 'cors', 'preflight from another origin', asks, answer => keepsFromSending(answer, operation, type));
}

const STRANGE: Method[] = ['patch', 'put', 'delete', 'post'];

/** A method that the contract does not have for a path: it must be refused, and not break anything. */
export async function tryWrongMethod(trial: Trial, path: string): Promise<ContractCase | undefined> {
  const { contract, base, known } = trial;
  const there = contract.operations.filter(operation => operation.path === path);
  const method = STRANGE.find(one => !there.some(operation => operation.method === one));
  const [like] = there;
  if (method === undefined || !like) return undefined;
  const { body: _, ...bare } = like;
  const made = await makeRequest(contract, { ...bare, method }, { base, known, missing: path.includes('{') });
  return one(trial, 'methods', `${method.toUpperCase()}, which the contract does not have`, made, ({ status }) =>
    (status >= 400 && status < 500) || status === 501
      ? []
      : ['it must be refused with a status from 400 to 499, or 501'],
  );
}
