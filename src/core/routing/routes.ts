import type { ModelRef } from '../../protocol/ids.ts';
import { modelOf, providerOf } from '../../protocol/model-ref.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import type { Provider } from './contract.ts';
import { type Tier, vendorModels } from './provider-kinds.ts';
import { otherRole, type RoleDefaults, roleDefaults, uiTest } from './route-table.ts';

/** A provider that can be used now: its key is there, or it needs none. */
export interface RoutableProvider {
  name: string;
  kind: Provider['kind'];
  free: boolean;
  /** Models that the user named or the server listed; needed where we know none by name. */
  models?: string[];
}

/** What the user configured. */
export interface ConfiguredRoutes {
  roles?: Record<string, ModelRef[]>;
  complexity?: Partial<Record<AgentTask['complexity'], ModelRef[]>>;
  /** For everything that has no route above. */
  default?: ModelRef[];
  /** The default names only what costs nothing, local models above all: what costs is asked only where it is named. */
  staysFree?: boolean;
  /** Asked after everything else; absent: the other vendors, then local models. */
  fallback?: ModelRef[];
}

export interface RouteQuestion {
  role: string;
  complexity?: AgentTask['complexity'];
  /** In the user's order of preference. */
  providers: RoutableProvider[];
  configured?: ConfiguredRoutes;
  /** Prefer any other vendor: a reviewer should not share its author's blind spots. */
  avoidVendor?: string;
}

/**
 * The models for a task, in order: the role's own route, else the one for its complexity, else the user's default, else
 * ours; then the failover chain. Only providers that can be used are in it.
 */
export function routeFor({
  role,
  complexity = 'normal',
  providers,
  configured,
  avoidVendor,
}: RouteQuestion): ModelRef[] {
  const own = configured?.roles?.[role] ?? configured?.complexity?.[complexity] ?? configured?.default;
  const defaults = defaultRoute(role, complexity, configured?.staysFree ? local(providers) : providers);
  const route = own ? [...own, ...(configured?.fallback ?? defaults)] : [...defaults, ...(configured?.fallback ?? [])];
  const names = new Set(providers.map(({ name }) => name));
  const usable = [...new Set(route)].filter(ref => names.has(providerOf(ref)));
  if (avoidVendor === undefined) return usable;
  const same = (ref: ModelRef) => vendorOf(ref, providers) === avoidVendor;
  return [...usable.filter(ref => !same(ref)), ...usable.filter(same)];
}

/** Why the route begins with its first model, in words for people. */
export function routeReason(question: RouteQuestion): string {
  const { role, complexity = 'normal', providers, configured } = question;
  const first = routeFor(question)[0];
  if (first === undefined) return 'no model can be used';
  const [own, whose] = configured?.roles?.[role]
    ? [configured.roles[role], `the role ${role}`]
    : configured?.complexity?.[complexity]
      ? [configured.complexity[complexity], `${complexity} tasks`]
      : [configured?.default, 'everything that has no route of its own'];
  if (own?.includes(first)) {
    const passed = own.slice(0, own.indexOf(first));
    return `configured for ${whose}${passed.length > 0 ? `; ${passed.join(', ')} before it cannot be used now` : ''}`;
  }
  const configuredSo = own ? `nothing that is configured for ${whose} can be used now; ` : '';
  return `${configuredSo}${defaultReason(role, complexity, first, providers)}`;
}

function defaultReason(
  role: string,
  complexity: AgentTask['complexity'],
  first: ModelRef,
  providers: RoutableProvider[],
): string {
  const defaults = roleDefaults[role] ?? otherRole;
  const free = local(providers).some(({ name }) => name === providerOf(first));
  if (free)
    return complexity === 'simple' && !defaults.leads
      ? 'a simple task begins with what costs nothing'
      : 'no provider that costs money can be used';
  const { vendors } = complexity === 'ui-test' ? uiTest : defaults;
  const tier = tierFor(defaults, complexity);
  const what = complexity === 'normal' ? `the role ${role}` : `${complexity} tasks of the role ${role}`;
  const order = `by default ${what} begin${complexity === 'normal' ? 's' : ''} with ${vendors.join(', then ')}, with the ${tier} of their models`;
  const vendor = vendorOf(first, providers);
  return vendor === vendors[0] ? order : `${order}; ${vendor} is the first that can be used now`;
}

const local = (providers: RoutableProvider[]) => providers.filter(({ free }) => free);

/** Who made the model, wherever it is served from. */
export function vendorOf(ref: ModelRef, providers: RoutableProvider[]): string {
  const provider = providers.find(({ name }) => name === providerOf(ref));
  if (provider && vendorModels(provider.kind)) return provider.kind;
  const model = modelOf(ref);
  if (/claude/i.test(model)) return 'anthropic';
  if (/(^|[/:-])(gpt|codex|o\d)/i.test(model)) return 'openai';
  if (/gemini/i.test(model)) return 'google';
  return provider?.name ?? providerOf(ref);
}

function defaultRoute(role: string, complexity: AgentTask['complexity'], providers: RoutableProvider[]): ModelRef[] {
  const defaults = roleDefaults[role] ?? otherRole;
  const { vendors } = complexity === 'ui-test' ? uiTest : defaults;
  const tier = tierFor(defaults, complexity);
  const hosted = firstsFirst(byVendor(vendors, providers).map(provider => modelsOf(provider, tier)));
  const free = local(providers).flatMap(provider => modelsOf(provider, tier));
  return complexity === 'simple' && !defaults.leads ? [...free, ...hosted] : [...hosted, ...free];
}

function tierFor({ tier, leads }: RoleDefaults, complexity: AgentTask['complexity']): Tier {
  if (complexity === 'complex') return 'best';
  if (complexity === 'simple' && !leads) return 'light';
  return complexity === 'ui-test' ? uiTest.tier : tier;
}

/** Every vendor's first choice before anybody's second: when one model fails, its vendor's others often do too. */
function firstsFirst(lists: ModelRef[][]): ModelRef[] {
  const longest = Math.max(0, ...lists.map(list => list.length));
  return Array.from({ length: longest }, (_, rank) => lists.flatMap(list => list[rank] ?? [])).flat();
}

function byVendor(vendors: Provider['kind'][], providers: RoutableProvider[]): RoutableProvider[] {
  const rank = ({ kind }: RoutableProvider) => (vendors.includes(kind) ? vendors.indexOf(kind) : vendors.length);
  return providers.filter(({ free }) => !free).toSorted((a, b) => rank(a) - rank(b));
}

/** Ours of that tier. Where the user or the server names models, no others: those of ours keep their tier. */
function modelsOf({ name, kind, models }: RoutableProvider, tier: Tier): ModelRef[] {
  const usual = vendorModels(kind);
  const named = models && new Set(models);
  const ofTier = (usual?.[tier] ?? []).filter(model => named?.has(model) ?? true);
  const ours = new Set(Object.values(usual ?? {}).flat());
  const others = (models ?? []).filter(model => ofTier.length === 0 || !ours.has(model));
  return [...ofTier, ...others].map(model => `${name}/${model}`);
}
