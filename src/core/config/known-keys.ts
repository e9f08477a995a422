import { Redactor } from '../redact/redactor.ts';
import { knownProviders } from './known-providers.ts';

const OWN = /^ORCHESTRATE_API_KEY_/;
const USUAL = new Set(Object.values(knownProviders).flatMap(({ keyEnv }) => keyEnv));

/** Knows the keys in the environment under their usual names, for writers without a team of their own. */
export function redactorOf(environment: Readonly<Record<string, string | undefined>>): Redactor {
  const keys = Object.entries(environment).filter(([name]) => OWN.test(name) || USUAL.has(name));
  return new Redactor(...keys.map(([, key]) => key?.trim()));
}
