import type { Config } from '../../protocol/config.ts';
import { DELIVERY } from '../delivery/defaults.ts';
import { defaultRoutingSettings } from '../routing/settings.ts';
import { DEFAULTS, HEALTH_MINUTES } from '../team/options.ts';

/** What a session may cost when nobody said. */
export const DEFAULT_SESSION_USD = 5;
/** What other extensions may spend in a day when nobody said. */
export const DEFAULT_EXTENSIONS_DAY_USD = 1;

/** What a workspace's own configuration may say of one thing. */
export type Rule =
  /** Nothing before the user has agreed to exactly that: it leads elsewhere, lets through, or costs more. */
  | 'agree'
  /** Nothing at all: the user's own configuration says it. */
  | 'own'
  /** More, for the user's list. */
  | 'add'
  /** Less than the user's limit, or than ours where there is none; without either, any limit is less. More is agreed to. */
  | { lower: number | undefined }
  /** What is as strict as the user's choice, or as ours; the strictest stands first. */
  | { strictest: readonly (string | boolean)[]; unset: string | boolean }
  /** Models of providers that the user has chosen for the same; any other way is agreed to. */
  | 'route'
  | { each: Rule }
  | { keys: Readonly<Record<string, Rule>> };

/** A rule for each key there is: a key without one does not compile. */
type RulesOf<T> = { [K in keyof Required<T>]: RuleOf<NonNullable<T[K]>> };
type RuleOf<T> =
  | 'agree'
  | 'own'
  | ([T] extends [number] ? { lower: number | undefined } : never)
  | ([T] extends [readonly unknown[]] ? 'add' | 'route' : never)
  | ([T] extends [string | boolean] ? { strictest: readonly T[]; unset: T } : never)
  | ([T] extends [readonly unknown[] | string | number | boolean]
      ? never
      : string extends keyof T
        ? { each: RuleOf<T[keyof T]> }
        : { keys: RulesOf<T> });

const seconds = (ms: number) => ({ lower: ms / 1000 });
const { watchdogs, retries, concurrency, acceptableWaitMs } = defaultRoutingSettings;
const { limits, scheduler, supervisor, commandSeconds, lead } = DEFAULTS;

/** A workspace tightens by itself and loosens with the user's agreement; what is neither waits for it, too. */
const rules: RulesOf<Config> = {
  // Servers get keys, prompts and files; what is said of a model decides whether it is asked.
  providers: 'agree',
  routes: { each: 'route' },
  // Programs that are started.
  workers: 'own',
  budget: {
    keys: {
      sessionUsd: { lower: DEFAULT_SESSION_USD },
      agentUsd: { lower: undefined },
      dayUsd: { lower: undefined },
      extensionsDayUsd: { lower: DEFAULT_EXTENSIONS_DAY_USD },
      providers: { each: { lower: undefined } },
      alertAt: { lower: 0.8 },
      // To go on with free models is to go elsewhere.
      whenSpent: { strictest: ['stop', 'pause', 'local'], unset: 'pause' },
    },
  },
  // A model that is said to be cheap is asked more than the budget allows.
  prices: 'agree',
  permissions: {
    keys: {
      commands: { keys: { allow: 'agree', ask: 'add', deny: 'add' } },
      sandbox: { strictest: ['required', 'auto', 'off'], unset: 'auto' },
      network: 'agree',
    },
  },
  team: {
    keys: {
      maxAgents: { lower: scheduler.maxAgents },
      maxTurns: { lower: limits.maxTurns },
      attempts: { lower: limits.attempts },
      approvePlan: { strictest: [true, false], unset: true },
      commandSeconds: { lower: commandSeconds },
      lead: { strictest: ['off', 'quiet', 'active'], unset: lead.mode },
      leadShare: { lower: lead.share },
      // To look more often costs nothing that is the user's.
      healthMinutes: { lower: HEALTH_MINUTES },
    },
  },
  supervisor: {
    keys: {
      silenceSeconds: seconds(supervisor.silenceMs),
      repeatedCalls: { lower: supervisor.repeatedCalls },
      repeatedErrors: { lower: supervisor.repeatedErrors },
      idleTurns: { lower: supervisor.idleTurns },
    },
  },
  routing: {
    keys: {
      retries: { lower: retries },
      longestWaitSeconds: seconds(acceptableWaitMs),
      // Two are asked where one was.
      hedgeSeconds: 'agree',
      concurrency: { lower: concurrency },
      watchdogs: {
        keys: {
          connectSeconds: seconds(watchdogs.connectMs),
          firstByteSeconds: seconds(watchdogs.firstByteMs),
          silenceSeconds: seconds(watchdogs.silenceMs),
          patienceSeconds: seconds(watchdogs.patienceMs),
          thinkingSeconds: seconds(watchdogs.thinkingMs),
          // Answers that were given up are paid for, too.
          leastTokensPerMinute: 'agree',
        },
      },
    },
  },
  delivery: {
    keys: {
      target: 'agree',
      // Programs that are started.
      setup: 'agree',
      checks: 'agree',
      approval: { strictest: ['person', 'reviewer', 'none'], unset: 'person' },
      batch: { lower: DELIVERY.batch },
      trees: { lower: DELIVERY.trees },
      checkSeconds: { lower: DELIVERY.checkSeconds },
    },
  },
  // Programs that are started outside of the sandbox, with secrets.
  environments: 'agree',
  // Who works, with which models and programs, when work is waiting.
  members: 'agree',
  // More fills the disk, and less takes earlier sessions away.
  storage: { keys: { maxMegabytes: 'agree' } },
  // Names, figures and perhaps texts go to that address.
  traces: 'own',
};

export const workspaceRules: Rule = { keys: rules };
