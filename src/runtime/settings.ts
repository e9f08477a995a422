import { DEFAULT_EXTENSIONS_DAY_USD, DEFAULT_SESSION_USD } from '../core/config/workspace-rules.ts';
import type { BudgetLimits } from '../core/routing/budget.ts';
import { Models } from '../core/routing/models.ts';
import type { DollarPrice, DollarRates } from '../core/routing/price-table.ts';
import {
  defaultRoutingSettings,
  localWatchdogs,
  type RoutingSettings,
  type WatchdogSettings,
} from '../core/routing/settings.ts';
import { DEFAULTS, type SessionSettings } from '../core/team/options.ts';
import type { Retention } from '../node/session/sessions.ts';
import type { Config, PriceEntry } from '../protocol/config.ts';
import type { ModelRef, NanoUsd } from '../protocol/ids.ts';

/** Whoever writes a billion means no limit; what is written to the journal has to be counted exactly. */
const nano = (usd: number): NanoUsd => Math.min(Math.round(usd * 1e9), Number.MAX_SAFE_INTEGER);
const ms = (seconds: number) => Math.round(seconds * 1000);

function watchdogs(from: NonNullable<Config['routing']>['watchdogs']): Partial<WatchdogSettings> {
  return {
    ...(from?.connectSeconds !== undefined && { connectMs: ms(from.connectSeconds) }),
    ...(from?.firstByteSeconds !== undefined && { firstByteMs: ms(from.firstByteSeconds) }),
    ...(from?.silenceSeconds !== undefined && { silenceMs: ms(from.silenceSeconds) }),
    ...patience(from),
    ...(from?.thinkingSeconds !== undefined && {
      thinkingMs: ms(from.thinkingSeconds),
      aliveMs: ms(from.thinkingSeconds),
    }),
    ...(from?.leastTokensPerMinute !== undefined && { leastTokensPerMinute: from.leastTokensPerMinute }),
  };
}

/** Whoever says how long to wait means it, whether or not another model could be asked. */
function patience(from: NonNullable<Config['routing']>['watchdogs']): Pick<WatchdogSettings, 'patienceMs'> {
  if (from?.patienceSeconds !== undefined) return { patienceMs: ms(from.patienceSeconds) };
  const { connectSeconds, firstByteSeconds, silenceSeconds } = from ?? {};
  const longest = Math.max(connectSeconds ?? 0, firstByteSeconds ?? 0, silenceSeconds ?? 0);
  return longest > 0 ? { patienceMs: Math.max(ms(longest), defaultRoutingSettings.watchdogs.patienceMs ?? 0) } : {};
}

export function routingSettings(config: Config): RoutingSettings {
  const { routing = {}, providers = {} } = config;
  const own = Object.entries(providers).map(([name, entry]) => [
    name,
    {
      ...(entry.concurrency !== undefined && { concurrency: entry.concurrency }),
      ...((entry.local || entry.watchdogs) && {
        watchdogs: { ...(entry.local && localWatchdogs), ...watchdogs(entry.watchdogs) },
      }),
    },
  ]);
  return {
    ...defaultRoutingSettings,
    ...(routing.retries !== undefined && { retries: routing.retries }),
    ...(routing.concurrency !== undefined && { concurrency: routing.concurrency }),
    ...(routing.hedgeSeconds !== undefined && { hedgeMs: ms(routing.hedgeSeconds) }),
    ...(routing.longestWaitSeconds !== undefined && { acceptableWaitMs: ms(routing.longestWaitSeconds) }),
    watchdogs: { ...defaultRoutingSettings.watchdogs, ...watchdogs(routing.watchdogs) },
    providers: Object.fromEntries(own),
  };
}

export interface BudgetPlan {
  limits: BudgetLimits & { session: NanoUsd };
  day?: NanoUsd;
  /** For other extensions, through the best model that answers. */
  extensionsDay: NanoUsd;
  alertAt: number;
  whenSpent: 'local' | 'pause' | 'stop';
}

export function budgetPlan(config: Config): BudgetPlan {
  const {
    sessionUsd,
    agentUsd,
    dayUsd,
    extensionsDayUsd = DEFAULT_EXTENSIONS_DAY_USD,
    providers,
    alertAt = 0.8,
    whenSpent = 'pause',
  } = config.budget ?? {};
  const perProvider = Object.entries(providers ?? {}).map(([name, usd]) => [name, nano(usd)]);
  return {
    limits: {
      session: nano(sessionUsd ?? DEFAULT_SESSION_USD),
      ...(agentUsd !== undefined && { agent: nano(agentUsd) }),
      ...(perProvider.length > 0 && { providers: Object.fromEntries(perProvider) }),
    },
    ...(dayUsd !== undefined && { day: nano(dayUsd) }),
    extensionsDay: nano(extensionsDayUsd),
    alertAt,
    whenSpent,
  };
}

/** The user's prices, several rows for a model being steps in time. */
export function priceOverrides(config: Config): Record<ModelRef, DollarPrice[]> {
  const overrides: Record<ModelRef, DollarPrice[]> = {};
  for (const row of config.prices ?? []) overrides[row.model] = [...(overrides[row.model] ?? []), dollarPrice(row)];
  return overrides;
}

type Rates = Pick<PriceEntry, keyof DollarRates>;

function rates({ input, output, cacheRead, cacheWrite, cacheWriteLong }: Rates): DollarRates {
  return {
    input,
    output,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWriteLong !== undefined && { cacheWriteLong }),
  };
}

function dollarPrice({ from, tiers, ...base }: PriceEntry): DollarPrice {
  return {
    ...rates(base),
    ...(from !== undefined && { from }),
    ...(tiers && { tiers: tiers.map(tier => ({ above: tier.abovePromptTokens, ...rates(tier) })) }),
  };
}

/** What the user says of models. */
export function modelFacts(config: Config): Models {
  const entries = Object.entries(config.providers ?? {}).flatMap(([name, entry]) =>
    (entry.models ?? []).map(({ id, ...facts }) => [`${name}/${id}`, facts] as const),
  );
  return new Models(Object.fromEntries(entries) as ConstructorParameters<typeof Models>[0]);
}

/** How the team works, as far as the configuration says. */
export function teamSettings(
  config: Config,
): Pick<SessionSettings, 'commandSeconds' | 'limits' | 'scheduler' | 'supervisor' | 'lead'> {
  const { team = {}, supervisor = {} } = config;
  return {
    commandSeconds: team.commandSeconds ?? DEFAULTS.commandSeconds,
    limits: {
      ...DEFAULTS.limits,
      ...(team.maxTurns !== undefined && { maxTurns: team.maxTurns }),
      ...(team.attempts !== undefined && { attempts: team.attempts }),
    },
    lead: { mode: team.lead ?? DEFAULTS.lead.mode, share: team.leadShare ?? DEFAULTS.lead.share },
    scheduler: { ...DEFAULTS.scheduler, ...(team.maxAgents !== undefined && { maxAgents: team.maxAgents }) },
    supervisor: {
      ...DEFAULTS.supervisor,
      ...(supervisor.silenceSeconds !== undefined && { silenceMs: ms(supervisor.silenceSeconds) }),
      ...(supervisor.repeatedCalls !== undefined && { repeatedCalls: supervisor.repeatedCalls }),
      ...(supervisor.repeatedErrors !== undefined && { repeatedErrors: supervisor.repeatedErrors }),
      ...(supervisor.idleTurns !== undefined && { idleTurns: supervisor.idleTurns }),
    },
  };
}

/** Old sessions go when they are many and large together; those with open work or changes to review stay. */
export function retention(config: Config): Retention {
  return { keep: 10, maxBytes: (config.storage?.maxMegabytes ?? 500) * 1e6 };
}
