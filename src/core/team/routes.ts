import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';

/** Which models there are for whom. */
export interface Routes {
  /** In order of preference: the role's route, else by the task's complexity. */
  of(role: RoleSpec, task?: AgentTask): ModelRef[];
  /** Why `of` begins as it does, in words. */
  why(role: RoleSpec, task?: AgentTask): string;
  /** Everything that may be used at all, the best first. */
  all(): ModelRef[];
  /** What costs nothing. */
  free(): ModelRef[];
  /** Two accounts at one vendor are one vendor. */
  vendorOf(model: ModelRef): string;
}

/** Models of other vendors than these, from the route and failing that from all there are. */
export function otherVendors(routes: Routes, route: readonly ModelRef[], avoid: ReadonlySet<string>): ModelRef[] {
  const others = (models: readonly ModelRef[]) => models.filter(model => !avoid.has(routes.vendorOf(model)));
  const inRoute = others(route);
  return inRoute.length > 0 ? inRoute : others(routes.all());
}

/** The same models, those of other vendors first: who reviews should not think as who wrote. */
export function preferOthers(routes: Routes, route: readonly ModelRef[], vendor: string): ModelRef[] {
  return [
    ...route.filter(model => routes.vendorOf(model) !== vendor),
    ...route.filter(model => routes.vendorOf(model) === vendor),
  ];
}
