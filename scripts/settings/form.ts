import * as z from 'zod';
import { DEFAULT_EXTENSIONS_DAY_USD, DEFAULT_SESSION_USD } from '../../src/core/config/workspace-rules.ts';
import { DELIVERY } from '../../src/core/delivery/defaults.ts';
import { defaultRoutingSettings } from '../../src/core/routing/settings.ts';
import { DEFAULTS, HEALTH_MINUTES } from '../../src/core/team/options.ts';
import { Config } from '../../src/protocol/config.ts';
import { withProposals } from './proposals.ts';

type Json = Record<string, unknown>;

/** What a setting shows before anybody has set it: a value, `null` for an empty field, or nothing where it holds many. */
interface Setting {
  usual?: number | string | boolean | null;
  /** Its text is written by hand in package.nls.json, with examples and links. */
  byHand?: true;
}

const seconds = (ms: number) => ms / 1000;
const { limits, scheduler, supervisor, commandSeconds, lead } = DEFAULTS;
const { retries, acceptableWaitMs, concurrency } = defaultRoutingSettings;

/** The settings page: its groups and, in each, the keys of the configuration in the order in which people need them. */
const groups: Record<string, Record<string, Setting>> = {
  money: {
    'budget.sessionUsd': { usual: DEFAULT_SESSION_USD },
    'budget.whenSpent': { usual: 'pause' },
    'budget.alertAt': { usual: 0.8 },
    'budget.dayUsd': { usual: null },
    'budget.extensionsDayUsd': { usual: DEFAULT_EXTENSIONS_DAY_USD },
    'budget.agentUsd': { usual: null },
    'budget.providers': {},
    prices: { byHand: true },
  },
  team: {
    'team.approvePlan': { usual: true },
    'team.maxAgents': { usual: scheduler.maxAgents },
    'team.maxTurns': { usual: limits.maxTurns },
    'team.attempts': { usual: limits.attempts },
    'team.lead': { usual: lead.mode },
    'team.leadShare': { usual: lead.share },
    'team.healthMinutes': { usual: HEALTH_MINUTES },
    'team.commandSeconds': { usual: commandSeconds },
    'permissions.commands.allow': {},
    'permissions.commands.ask': {},
    'permissions.commands.deny': {},
    'permissions.sandbox': {},
    'permissions.network': {},
    'supervisor.silenceSeconds': { usual: seconds(supervisor.silenceMs) },
    'supervisor.repeatedCalls': { usual: supervisor.repeatedCalls },
    'supervisor.repeatedErrors': { usual: supervisor.repeatedErrors },
    'supervisor.idleTurns': { usual: supervisor.idleTurns },
    workers: { byHand: true },
    members: {},
    'storage.maxMegabytes': { usual: 500 },
    'traces.endpoint': {},
    'traces.contents': { usual: false },
  },
  delivery: {
    'delivery.target': {},
    'delivery.setup': {},
    'delivery.checks': {},
    'delivery.approval': { usual: DELIVERY.approval },
    'delivery.batch': { usual: DELIVERY.batch },
    'delivery.trees': { usual: DELIVERY.trees },
    'delivery.checkSeconds': { usual: DELIVERY.checkSeconds },
    environments: { byHand: true },
  },
  models: {
    providers: { byHand: true },
    routes: { byHand: true },
    'routing.retries': { usual: retries },
    'routing.longestWaitSeconds': { usual: seconds(acceptableWaitMs) },
    'routing.hedgeSeconds': { usual: null },
    'routing.concurrency': { usual: concurrency },
    'routing.watchdogs': {},
  },
};

/** What package.json says of the settings, and the texts of it for package.nls.json. */
export function settingsForm(): { configuration: Json[]; texts: Record<string, string> } {
  const left = fields(z.toJSONSchema(Config, { io: 'input', target: 'draft-7' }) as Json, '');
  const texts: Record<string, string> = {};
  let order = 0;
  const configuration = Object.entries(groups).map(([id, settings], index) => ({
    id: `orchestrate.${id}`,
    title: `%config.group.${id}%`,
    order: index + 1,
    properties: Object.fromEntries(
      Object.entries(settings).map(([key, { usual, byHand }]) => {
        const schema = left.get(key);
        if (!schema) throw new Error(`the configuration has no key "${key}" to make a setting of`);
        left.delete(key);
        const { description, ...rest } = withProposals(key, schema);
        if (!byHand) texts[`config.${key}`] = String(description);
        const field = {
          ...rest,
          // Without a value the field is empty, not zero.
          ...(usual === null && { type: [rest.type, 'null'] }),
          order: ++order,
          scope: 'application',
          [byHand ? 'markdownDescription' : 'description']: `%config.${key}%`,
          ...(usual !== undefined && { default: usual }),
        };
        return [`orchestrate.${key}`, field];
      }),
    ),
  }));
  if (left.size > 0)
    throw new Error(`no group of settings holds ${[...left.keys()].join(', ')}: add it to scripts/settings/form.ts`);
  return { configuration, texts };
}

const listed = new Set(Object.values(groups).flatMap(Object.keys));

/** The keys of a schema, as deep as settings go. */
function fields(schema: Json, name: string): Map<string, Json> {
  if (listed.has(name) || !schema.properties) return new Map([[name, schema]]);
  return new Map(
    Object.entries(schema.properties as Record<string, Json>).flatMap(([key, below]) => [
      ...fields(below, name === '' ? key : `${name}.${key}`),
    ]),
  );
}
