import type { Config } from '../../protocol/config.ts';
import { closest } from '../plan/suggest.ts';
import type { ConfigProblem } from './problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NUMBERS: Record<string, (value: number) => Config> = {
  ORCHESTRATE_BUDGET: sessionUsd => ({ budget: { sessionUsd } }),
  ORCHESTRATE_AGENT_BUDGET: agentUsd => ({ budget: { agentUsd } }),
  ORCHESTRATE_DAY_BUDGET: dayUsd => ({ budget: { dayUsd } }),
  ORCHESTRATE_MAX_AGENTS: maxAgents => ({ team: { maxAgents } }),
};
const WORDS: Record<string, (value: string) => unknown> = {
  ORCHESTRATE_WHEN_SPENT: whenSpent => ({ budget: { whenSpent } }),
  ORCHESTRATE_SANDBOX: sandbox => ({ permissions: { sandbox } }),
};
/** Read elsewhere: not configuration. */
const OTHERS = /^ORCHESTRATE_(BROWSER|VSCODE|HOST_CACHE|HOME|LOG|API_KEY_[A-Z0-9_]+)$/;
const ROUTE = /^ORCHESTRATE_ROUTE_([A-Z0-9_]+)$/;
const BASE_URL = /^ORCHESTRATE_BASE_URL_([A-Z0-9_]+)$/;
const nameOf = (suffix: string) => suffix.toLowerCase().replaceAll('_', '-');

/** The `ORCHESTRATE_*` variables as configuration values, one for each, so that a mistake names its variable. */
export function environmentConfig(environment: Environment, kindOf: (provider: string) => string | undefined) {
  const values: { variable: string; value: unknown }[] = [];
  const problems: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('ORCHESTRATE_') || text === undefined || text === '' || OTHERS.test(variable)) continue;
    const route = ROUTE.exec(variable)?.[1];
    const server = BASE_URL.exec(variable)?.[1];
    const number = NUMBERS[variable];
    const word = WORDS[variable];
    if (number) values.push({ variable, value: number(Number(text)) });
    else if (word) values.push({ variable, value: word(text) });
    else if (route)
      values.push({ variable, value: { routes: { [nameOf(route)]: text.split(/[\s,]+/).filter(Boolean) } } });
    else if (server) {
      const name = nameOf(server);
      values.push({
        variable,
        value: { providers: { [name]: { kind: kindOf(name) ?? 'openai-compatible', baseUrl: text } } },
      });
    } else {
      const near = closest(variable, [...Object.keys(NUMBERS), ...Object.keys(WORDS), 'ORCHESTRATE_ROUTE_DEFAULT']);
      problems.push({
        severity: 'warning',
        source: variable,
        message: `${variable} is not known${near ? `; did you mean ${near}?` : ''}`,
      });
    }
  }
  return { values, problems };
}
