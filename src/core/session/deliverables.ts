import type { ModelRef, RelPath } from '../../protocol/ids.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import { PERSON } from './attached.ts';
import type { SessionState } from './state.ts';

/** What came out of a session, by whose models made it. */
export interface ProviderDeliverables {
  /** Absent: no event says whose model wrote it. */
  provider?: string;
  models: ModelRef[];
  files: RelPath[];
  artifacts: string[];
}

/** A file that two providers wrote in is a deliverable of both. What was rejected is none. */
export function deliverables(state: SessionState): ProviderDeliverables[] {
  const found = new Map<string | undefined, ProviderDeliverables>();
  const add = (models: readonly ModelRef[], kind: 'files' | 'artifacts', name: string) => {
    for (const model of models.length > 0 ? models : [undefined]) {
      const provider = model === undefined ? undefined : providerOf(model);
      const known = found.get(provider) ?? { ...(provider && { provider }), models: [], files: [], artifacts: [] };
      found.set(provider, known);
      if (model !== undefined && !known.models.includes(model)) known.models.push(model);
      if (!known[kind].includes(name)) known[kind].push(name);
    }
  };
  // Whoever called one model only wrote with that one.
  const only = (agents: string[]) =>
    agents.flatMap(agent => {
      const called = state.agents.get(agent)?.called ?? [];
      return called.length === 1 ? called : [];
    });
  for (const { path, models, agents, status } of state.files.values())
    if (status !== 'rejected') add(models.length > 0 ? models : only(agents), 'files', path);
  for (const versions of state.artifacts.values())
    for (const { artifact, agent, model } of versions)
      if (agent !== PERSON) add(model ? [model] : only([agent]), 'artifacts', artifact);
  const list = [...found.values()];
  for (const one of list) one.files.sort();
  return list.sort((a, b) => ((a.provider ?? '~') < (b.provider ?? '~') ? -1 : 1));
}
