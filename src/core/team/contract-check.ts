import type { ContractOutcome, ContractRow } from '../../protocol/contract.ts';
import type { Check } from '../../protocol/plan.ts';
import { ContractError, readOpenApi } from '../contract/openapi.ts';
import { type UsedParts, withParts, withPorts } from '../contract/parts.ts';
import { readText } from '../contract/read-text.ts';
import { isObject, type JsonSchema, mistakes } from '../contract/schema.ts';
import { rowOf, tryContract } from '../contract/try-contract.ts';
import type { Clock, Http, Processes } from '../ports.ts';
import type { CommandGate } from './command-gate.ts';

type Serves = NonNullable<Extract<Check, { artifact: string }>['serves']>;

export interface ContractHost {
  processes: Processes;
  http: Http;
  clock: Clock;
  gate: CommandGate;
  /** For parts whose check names no limit. */
  commandSeconds: number;
}

/** The rows of a contract, or why there are none. */
export type Served =
  | { ok: true; kind: ContractOutcome['kind']; rows: ContractRow[] }
  | { ok: false; output: string; interrupted?: boolean; fault?: 'refused' };

/** Starts the parts and holds them against the contract that an agent published. */
export async function checkServed(
  host: ContractHost,
  text: string,
  serves: Serves,
  signal: AbortSignal,
): Promise<Served> {
  const contract = readText(text)?.value;
  if (!isObject(contract))
    return { ok: false, output: 'the artifact is neither an OpenAPI document nor a JSON Schema' };
  for (const { run } of serves.start) {
    const gate = await host.gate.ask(run, signal);
    if (!gate.ok)
      return { ok: false, output: gate.message, ...(gate.aborted ? { interrupted: true } : { fault: 'refused' }) };
  }
  const kind = 'openapi' in contract ? 'openapi' : 'json-schema';
  try {
    const attempt = kind === 'openapi' ? await openApi(contract, host.http) : jsonSchema(contract, host.http);
    const used: UsedParts<ContractRow[]> = await withParts(
      host,
      { start: serves.start, seconds: serves.timeoutSeconds ?? Math.min(60, host.commandSeconds) },
      ports => attempt(address(serves, ports), signal),
      signal,
    );
    return used.ok ? { ok: true, kind, rows: used.value } : used;
  } catch (error) {
    if (signal.aborted) return { ok: false, output: '', interrupted: true };
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, output: error instanceof ContractError ? `the contract cannot be read: ${why}` : why };
  }
}

/** What the check names, else where the first part says that it is well. */
function address({ url, start }: Serves, ports: readonly number[]): string {
  if (url !== undefined) return withPorts(url, ports, 0);
  return new URL(withPorts(start[0]?.health ?? '', ports, 0)).origin;
}

type Attempt = (url: string, signal: AbortSignal) => Promise<ContractRow[]>;

/** A contract that cannot be read is told before anything is started. */
async function openApi(document: Record<string, unknown>, http: Http): Promise<Attempt> {
  const contract = await readOpenApi(document);
  return (url, signal) => tryContract(contract, http, url.replace(/\/+$/, ''), signal);
}

/** A JSON Schema is the contract of what one address answers. */
const jsonSchema =
  (schema: JsonSchema, http: Http): Attempt =>
  async (url, signal) => {
    const answer = await http.exchange({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
    const said = `GET ${new URL(url).pathname} was answered with ${answer.status}`;
    const wrong = answer.status === 200 ? await bodyMistakes(schema, answer.body) : ['it must be answered with 200'];
    const result = wrong.length === 0 ? 'kept' : 'broken';
    const detail = wrong.length === 0 ? said : `${said}: ${wrong.join('; ')}`;
    return [rowOf(`GET ${new URL(url).pathname}`, [{ kind: 'data', name: 'as the contract has it', result, detail }])];
  };

async function bodyMistakes(schema: JsonSchema, body: string): Promise<string[]> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return ['the body is no JSON'];
  }
  return mistakes(schema, value);
}

/** What is broken and what was not tried, a line each, for the agent that mends it. */
export function contractText(rows: readonly ContractRow[]): string {
  return rows
    .flatMap(({ operation, cases }) =>
      cases
        .filter(({ result }) => result !== 'kept')
        .map(
          ({ name, result, detail }) =>
            `${operation}, ${name}: ${result === 'broken' ? 'BROKEN' : 'not tried'}: ${detail ?? ''}`,
        ),
    )
    .join('\n');
}
