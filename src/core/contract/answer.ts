import type { HttpAnswer } from '../ports.ts';
import type { Contract, Declared, Operation } from './openapi.ts';
import { mistakes } from './schema.ts';

/** What the contract says of this status: by its number, by its hundred, or of all others. */
export function declaredFor({ responses }: Operation, status: number): Declared | undefined {
  return responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get('default');
}

/** How an answer differs from what is declared for its status; nothing: it does not. */
export async function differences(contract: Contract, operation: Operation, answer: HttpAnswer): Promise<string[]> {
  const of = declaredFor(operation, answer.status);
  if (!of) return [`it answers ${answer.status}, and the contract has ${[...operation.responses.keys()].join(', ')}`];
  return [...(await wrongHeaders(contract, of, answer)), ...(await wrongBody(contract, of, answer))];
}

async function wrongHeaders(contract: Contract, { headers }: Declared, answer: HttpAnswer): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, { required, schema }] of headers) {
    const value = answer.headers[name];
    if (value === undefined) {
      if (required) wrong.push(`the header ${name} is missing`);
    } else if (schema !== undefined) {
      const readings = [value, ...(value.trim() === '' ? [] : [Number(value)]), value === 'true', value.split(',')];
      const all = await Promise.all(readings.map(reading => mistakes(contract.whole(schema), reading)));
      if (all.every(found => found.length > 0)) wrong.push(`the header ${name} is "${value}": ${all[0]?.join('; ')}`);
    }
  }
  return wrong;
}

const typeOf = (header: string | undefined) => header?.split(';')[0]?.trim().toLowerCase() ?? '';

async function wrongBody(contract: Contract, { content }: Declared, answer: HttpAnswer): Promise<string[]> {
  if (!content || Object.keys(content).length === 0) return [];
  const type = typeOf(answer.headers['content-type']);
  const key = Object.keys(content).find(
    declared => declared === type || declared === '*/*' || declared === `${type.split('/')[0]}/*`,
  );
  if (key === undefined)
    return [
      `the body is ${type === '' ? 'of no type' : type}, and the contract has ${Object.keys(content).join(', ')}`,
    ];
  const schema = content[key];
  if (schema === undefined || !/[/+]json$/.test(type)) return [];
  let value: unknown;
  try {
    value = JSON.parse(answer.body);
  } catch {
    return ['the body is no JSON'];
  }
  return (await mistakes(contract.whole(schema), value)).map(line => `the body does not match, ${line}`);
}
