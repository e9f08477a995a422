import { configuredWorkers } from '../core/config/workers.ts';
import { type Diagnosis, examine, type Patient, type WorkerDiagnosis } from '../core/doctor.ts';
import type { Clock, Secrets } from '../core/ports.ts';
import { Redactor } from '../core/redact.ts';
import { modelOf, providerOf } from '../core/routing/model-ref.ts';
import { vendorModels } from '../core/routing/route-table.ts';
import type { Config } from '../protocol/config.ts';
import { findWorkers } from '../workers/workers.ts';
import { ProviderSet } from './provider-set.ts';

/** Checks every provider, or only the named one, at the same time. `keyFrom` says where a key came from, in words. */
export async function diagnose(
  config: Config,
  secrets: Secrets,
  keyFrom: (provider: string) => string | undefined,
  clock: Clock,
  signal: AbortSignal,
  only?: string,
): Promise<Diagnosis[]> {
  const set = new ProviderSet(config, secrets, new Redactor());
  await set.load();
  const routed = Object.values(config.routes ?? {}).flat();
  const patients = set.configured
    .filter(({ name }) => only === undefined || name === only)
    .map((configured): Patient => {
      const { name, label, keyEnv, keysAt, explicit, entry } = configured;
      const light = vendorModels[entry.kind]?.light ?? [];
      const own = routed.filter(ref => providerOf(ref) === name).map(modelOf);
      const from = keyFrom(name);
      return {
        name,
        label,
        keyEnv,
        explicit,
        provider: set.get(name),
        wanted: [...light, ...own, ...(entry.models ?? []).map(model => model.id)],
        ...(keysAt && { keysAt }),
        ...(from && { keyFrom: from }),
      };
    });
  return Promise.all(patients.map(patient => examine(patient, clock, signal)));
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
