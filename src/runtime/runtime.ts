import type { Runtime, RuntimeHost } from './contract.ts';
import { stationAccess } from './station/access.ts';
import { storedSessions } from './stored-sessions.ts';

/**
 * The sessions of a host's workspace. What runs sessions and asks models is loaded when the first of them is wanted:
 * reading, following and deciding need none of it.
 */
export function createRuntime(host: RuntimeHost): Runtime {
  let loaded: Promise<import('./runner.ts').Runner> | undefined;
  const runner = () => {
    loaded ??= import('./runner.ts').then(({ Runner }) => new Runner(host));
    return loaded;
  };
  const runtime: Runtime = {
    ...storedSessions(host),
    start: async request => (await runner()).start(request),
    resume: async request => (await runner()).resume(request),
    waitingParts: async () => {
      const { problems, sensitive } = await import('./host.ts').then(({ configOf }) => configOf(host));
      host.note?.({ problems });
      return sensitive;
    },
    agree: async parts => (await import('./load-config.ts')).agree(host, parts),
    roles: async () => (await runner()).roles(),
    workers: async () => (await runner()).workers(),
    listModels: async (candidate, signal) => (await runner()).listModels(candidate, signal),
    tryModel: async (candidate, model, signal) => (await runner()).tryModel(candidate, model, signal),
    diagnose: async (signal, only) => (await runner()).diagnose(signal, only),
    best: async (question, signal) => (await runner()).best(question, signal),
    deliveries: async () => (await import('./delivery/deliveries.ts')).createDeliveries(host),
    station: {
      ...stationAccess(host),
      start: async request => (await import('./station/start.ts')).startStation(host, runtime, request),
      workflows: async () => {
        const [roles, { state }] = await Promise.all([runtime.roles(), runtime.station.read()]);
        const names = [...roles.map(({ name }) => name), ...state.members.keys()];
        return (await import('./station/workflows.ts')).readWorkflows(host.workspace, names);
      },
    },
    close: async () => (await loaded)?.close(),
  };
  return runtime;
}
