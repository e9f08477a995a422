import { stringify } from 'yaml';
import type { Config } from '../../protocol/config.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import type { McpServers } from './mcp-servers.ts';
import { isPlain, mergeConfig, type Plain } from './merge.ts';
import { isKnownWorker } from './workers.ts';
import { type Rule, workspaceRules } from './workspace-rules.ts';

/** What of a workspace waits for the user: parts of its configuration, and CLI agents that its roles name. */
export interface Parts extends Config {
  roles?: Record<string, { worker: string }>;
  /** Servers of tools, which are programs that are started, or addresses that are told things. */
  servers?: McpServers;
}

/** What a workspace's configuration may do by itself, and what of it waits for the user. */
export interface Split {
  free: Config;
  /** To be shown and agreed to, exactly so; undefined: nothing waits. */
  parts: Config | undefined;
}

interface Judged {
  free?: unknown;
  parts?: unknown;
}

/** Takes a workspace's configuration apart, by what the user's own says. */
export function splitWorkspace(workspace: Config, user: Config): Split {
  const { free = {}, parts } = judge(workspaceRules, workspace, user, user) as { free?: Config; parts?: Config };
  return { free, parts };
}

function judge(rule: Rule, value: unknown, users: unknown, user: Config, key = ''): Judged {
  if (value === undefined || rule === 'own') return {};
  const freely = (free: boolean): Judged => (free ? { free: value } : { parts: value });
  if (rule === 'agree') return freely(same(value, users));
  if (rule === 'add') return { free: [...new Set([...asList(users), ...asList(value)])] };
  if (rule === 'route') return freely(staysWith(value as ModelRef[], user, key));
  if ('lower' in rule) return freely((value as number) <= ((users as number | undefined) ?? rule.lower ?? Infinity));
  if ('strictest' in rule) {
    const rank = (choice: unknown) => rule.strictest.indexOf(choice as string | boolean);
    return freely(rank(value) <= rank(users ?? rule.unset));
  }
  const free: Plain = {};
  const parts: Plain = {};
  for (const [name, one] of Object.entries(value as Plain)) {
    const ruleOf = 'each' in rule ? rule.each : rule.keys[name];
    const theirs = isPlain(users) && Object.hasOwn(users, name) ? users[name] : undefined;
    const judged = judge(ruleOf ?? 'agree', one, theirs, user, name);
    if (judged.free !== undefined) free[name] = judged.free;
    if (judged.parts !== undefined) parts[name] = judged.parts;
  }
  return {
    ...(Object.keys(free).length > 0 && { free }),
    ...(Object.keys(parts).length > 0 && { parts }),
  };
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Whether a route asks only providers that the user's own would ask in its place. */
function staysWith(route: readonly ModelRef[], { routes = {} }: Config, key: string): boolean {
  const own = (Object.hasOwn(routes, key) ? routes[key] : undefined) ?? routes.default ?? [];
  const chosen = new Set(own.map(providerOf));
  return route.every(model => chosen.has(providerOf(model)));
}

/** Roles that name a known CLI agent which the user's own configuration does not. */
export function waitingRoles(roles: Readonly<Record<string, string>>, { workers = {} }: Config): Parts['roles'] {
  const waiting = Object.entries(roles).filter(
    ([, worker]) => isKnownWorker(worker) && !Object.hasOwn(workers, worker),
  );
  const sorted = waiting.sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.length === 0 ? undefined : Object.fromEntries(sorted.map(([role, worker]) => [role, { worker }]));
}

/** The configuration with parts that the user has agreed to: what is listed is added, and prices go model by model. */
export function withAgreed(config: Config, { roles = {}, servers: _, ...parts }: Parts): Config {
  const allow = parts.permissions?.commands?.allow;
  const merged = mergeConfig(config, parts);
  const workers = Object.values(roles).map(({ worker }) => [worker, {}]);
  if (workers.length > 0) merged.workers = { ...Object.fromEntries(workers), ...config.workers };
  if (parts.prices) {
    const priced = new Set(parts.prices.map(({ model }) => model));
    merged.prices = [...(config.prices ?? []).filter(({ model }) => !priced.has(model)), ...parts.prices];
  }
  if (!allow) return merged;
  const all = [...new Set([...(config.permissions?.commands?.allow ?? []), ...allow])];
  return mergeConfig(merged, { permissions: { commands: { allow: all } } });
}

const HIDDEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/** The parts as they are shown to the user: as YAML, with every character that nobody could see written out. */
export function partsText(parts: Parts): string {
  const text = (defaultKeyType: 'PLAIN' | 'QUOTE_DOUBLE') =>
    stringify(parts, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType, lineWidth: 0 });
  const plain = text('PLAIN');
  if (plain.search(HIDDEN) === -1) return plain;
  const written = (hidden: string) => `\\U${(hidden.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  return text('QUOTE_DOUBLE').replace(HIDDEN, written);
}

/** Each part by its name, such as `budget.sessionUsd`. */
export function partNames(parts: Parts): string[] {
  const names = (value: unknown, path: string): string[] =>
    isPlain(value) && path.split('.').length < 2
      ? Object.entries(value).flatMap(([key, below]) => names(below, path === '' ? key : `${path}.${key}`))
      : [path];
  return names(parts, '');
}
