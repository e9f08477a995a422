import type { ConfiguredProvider } from '../core/config/providers.ts';
import { configuredWorkers } from '../core/config/workers.ts';
import { type Diagnosis, examine, type Patient, type WorkerDiagnosis } from '../core/doctor/doctor.ts';
import type { Clock, Secrets } from '../core/ports.ts';
import { Redactor } from '../core/redact/redactor.ts';
import { vendorModels } from '../core/routing/provider-kinds.ts';
import type { Config } from '../protocol/config.ts';
import { greetWorker } from '../workers/greet.ts';
import { createWorkers, findWorkers, type WorkerParts } from '../workers/workers.ts';
import { Engine } from './engine.ts';

/** Checks every provider, or only the named one, at the same time. `keyFrom` says where a key came from, in words. */
export async function diagnose(
  config: Config,
  secrets: Secrets,
  keyFrom: (provider: string) => string | undefined,
  clock: Clock,
  signal: AbortSignal,
  only?: string,
): Promise<Diagnosis[]> {
  // What a session would use, so that nothing works here that fails there.
  const engine = new Engine({ config, secrets, clock, log: { write: () => undefined } });
  try {
    await engine.load();
    const patients = engine.providers.configured
      .filter(({ name }) => only === undefined || name === only)
      .map(configured => patientOf(configured, engine, keyFrom(configured.name)));
    return await Promise.all(patients.map(patient => examine(patient, clock, signal)));
  } finally {
    await engine.close();
  }
}

function patientOf(configured: ConfiguredProvider, engine: Engine, keyFrom: string | undefined): Patient {
  const { name, label, keyEnv, keysAt, explicit, entry } = configured;
  const light = vendorModels(entry.kind)?.light ?? [];
  const reached = engine.modelsOf(name);
  return {
    name,
    label,
    keyEnv,
    explicit,
    provider: engine.providers.get(name),
    redactor: engine.redactor,
    elsewhere: engine.config.routes?.default !== undefined,
    // The cheap one first; what answers without being on any route proves nothing.
    wanted: [...light.filter(model => reached.includes(model)), ...reached],
    reached,
    priced: model => engine.isPriced(`${name}/${model}`),
    ...(keysAt && { keysAt }),
    ...(keyFrom && { keyFrom }),
  };
}

/** Greets each CLI agent that is there, known and configured, in a folder of its own: no model is asked. */
export async function diagnoseWorkers(
  config: Config,
  { environment, workspace, clock, version }: Omit<WorkerParts, 'configured'>,
  signal: AbortSignal,
): Promise<WorkerDiagnosis[]> {
  const configured = configuredWorkers(config);
  const workers = createWorkers({ configured, environment, workspace, clock, version });
  const found = await findWorkers({ configured, environment, workspace });
  return Promise.all(
    found.map(async ({ worker, path }) => {
      const { name, label, command, explicit, getIt, login: how } = worker;
      const known = { worker: name, label, explicit };
      if (path === undefined) {
        const get = getIt === undefined ? '' : ` Get it with: ${getIt}`;
        const advice = `"${command}" is not on the PATH.${get}`;
        return { ...known, advice, ...(getIt !== undefined && { command: getIt }) };
      }
      const redactor = new Redactor();
      for (const passed of worker.passEnv) redactor.add(environment[passed]);
      const greeted = await greetWorker(workers, name, clock, signal);
      const advice = greeted.login === 'none' && how !== undefined && { advice: `Log in with: ${how}`, command: how };
      const message = greeted.message !== undefined && { message: redactor.text(greeted.message) };
      return { ...known, path, ...greeted, ...message, ...advice };
    }),
  );
}
