import type { Runtime, RuntimeHost } from './contract.ts';
import { stationAccess } from './station/access.ts';
import { storedSessions } from './stored-sessions.ts';

/**
 * The sessions of a host's workspace. What runs sessions and asks models is loaded when the first of them is wanted:
 * reading, following and deciding need none of it.
 */
export function createRuntime(host: RuntimeHost): Runtime {
  let running: Promise<import('./runner.ts').Runner> | undefined;
  const runner = () => {
    running ??= import('./runner.ts').then(({ Runner }) => new Runner(host));
    return running;
  };
  let inquiring: Promise<import('./inquiries.ts').Inquiries> | undefined;
  const inquiries = () => {
    inquiring ??= import('./inquiries.ts').then(({ Inquiries }) => new Inquiries(host));
    return inquiring;
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
    roles: async () => (await inquiries()).roles(),
    workers: async () => (await inquiries()).workers(),
    listModels: async (candidate, signal) => (await inquiries()).listModels(candidate, signal),
    tryModel: async (candidate, model, signal) => (await inquiries()).tryModel(candidate, model, signal),
    diagnose: async (signal, only) => (await inquiries()).diagnose(signal, only),
    best: async (question, signal) => (await inquiries()).best(question, signal),
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
    close: async () => {
      await (await running)?.close();
      await (await inquiring)?.close();
    },
  };
  return runtime;
}
