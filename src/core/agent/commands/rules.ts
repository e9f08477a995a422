import { commandPattern } from './patterns.ts';
import { prefixPattern } from './prefix.ts';
import type { Simple } from './simple.ts';

/** What the user's configuration says of commands: patterns such as `npm run *`. */
export interface CommandRules {
  allow?: readonly string[] | undefined;
  ask?: readonly string[] | undefined;
  deny?: readonly string[] | undefined;
  /** Beginnings that a person has allowed, whatever follows. */
  prefixes?: readonly string[] | undefined;
}

export interface CompiledRules {
  deny: (command: Simple) => boolean;
  ask: (command: Simple) => boolean;
  allow: (command: Simple) => boolean;
}

export function compileRules(rules: CommandRules): CompiledRules {
  const any = (patterns: readonly string[] = []) => {
    const matchers = patterns.map(commandPattern);
    return (command: Simple) => matchers.some(matches => matches(command));
  };
  const allowed = any(rules.allow);
  const begun = (rules.prefixes ?? []).map(prefixPattern);
  return {
    deny: any(rules.deny),
    ask: any(rules.ask),
    allow: command => allowed(command) || begun.some(matches => matches(command)),
  };
}
