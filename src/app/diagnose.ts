import type { ConfiguredProvider } from '../core/config/providers.ts';
import { configuredWorkers } from '../core/config/workers.ts';
import { type Diagnosis, examine, type Patient, type WorkerDiagnosis } from '../core/doctor.ts';
import type { Clock, Secrets } from '../core/ports.ts';
import { vendorModels } from '../core/routing/route-table.ts';
import type { Config } from '../protocol/config.ts';
import { findWorkers } from '../workers/workers.ts';
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
  const light = vendorModels[entry.kind]?.light ?? [];
  const reached = engine.modelsOf(name);
  return {
    name,
    label,
    keyEnv,
    explicit,
    provider: engine.providers.get(name),
    redactor: engine.redactor,
    wanted: [...light, ...reached],
    reached,
    priced: model => engine.isPriced(`${name}/${model}`),
    ...(keysAt && { keysAt }),
    ...(keyFrom && { keyFrom }),
  };
}

/** Says which CLI agents are there, known and configured. */
export async function diagnoseWorkers(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  workspace: string,
): Promise<WorkerDiagnosis[]> {
  const found = await findWorkers({ configured: configuredWorkers(config), environment, workspace });
  return found.map(({ worker: { name, label, command, explicit, getIt }, path }) => ({
    worker: name,
    label,
    explicit,
    ...(path === undefined
      ? { advice: `"${command}" is not on the PATH.${getIt === undefined ? '' : ` Get it with: ${getIt}`}` }
      : { path }),
  }));
}
