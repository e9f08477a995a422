import type { ErrorClass } from '../../protocol/message.ts';
import type { Clock } from '../ports.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { Provider, ProviderError } from '../routing/contract.ts';
import { providerKinds } from '../routing/provider-kinds.ts';
import { tryToolCall } from './tool-trial.ts';

export type Step = 'config' | 'key' | 'models' | 'route' | 'price' | 'completion';

/** How far a provider got on the way from its configuration to an answer. */
export interface Diagnosis {
  provider: string;
  label: string;
  /** Undefined: it is not set up, which is no fault. */
  ok: boolean | undefined;
  /** The last step that was tried. */
  step: Step;
  /** Where its key comes from, never the key. */
  keyFrom?: string;
  models?: number;
  model?: string;
  /** Wall time of the tiny answer. */
  ms?: number;
  error?: ErrorClass | 'aborted' | 'no-key' | 'no-models' | 'no-route' | 'no-price' | 'no-tool-call';
  message?: string;
  /** What to do about it. */
  advice?: string;
}

/** A CLI agent and whether it is there and can begin to work. Nothing is said to it: that would be its user's money. */
export interface WorkerDiagnosis {
  worker: string;
  label: string;
  /** Where its program is; absent: nowhere on the PATH. */
  path?: string;
  /** Written down by the user: then a missing program is a fault. */
  explicit: boolean;
  /** Whether somebody is logged in, as it told when it was greeted; absent: it was not found, or could not say. */
  login?: 'there' | 'none';
  /** From its start to a session. */
  ms?: number;
  /** Why it could not begin. */
  message?: string;
  /** What to do where something is missing. */
  advice?: string;
  /** What to type for it in a terminal. */
  command?: string;
}

export interface Patient {
  name: string;
  label: string;
  provider: Provider | undefined;
  /** Takes keys out of what is said. */
  redactor: Redactor;
  keyFrom?: string;
  keysAt?: string;
  keyEnv: readonly string[];
  /** Written down by the user: then a missing key or server is a fault. */
  explicit: boolean;
  /** Models to try, the best first; one that the provider lists is taken. */
  wanted: readonly string[];
  /** The models of it that a session would ask. */
  reached: readonly string[];
  /** The user has said by a default route whom sessions ask. */
  elsewhere: boolean;
  /** Whether it is known what the model costs; a session asks no other. */
  priced(model: string): Promise<boolean>;
}

const STEP_MS = 30_000;

function adviceFor(error: ProviderError, patient: Patient): string {
  const { keysAt, provider } = patient;
  switch (error.class) {
    case 'auth':
      return `The key was refused. Check that it is whole and still valid${keysAt ? `, or make a new one at ${keysAt}` : ''}.`;
    case 'quota':
      return 'The account has no credit or has reached its spending limit. Add credit or raise the limit at the vendor.';
    case 'rate-limit':
      return 'The account is at its rate limit right now. Sessions wait or go on with other models.';
    case 'model-missing':
      return 'The account may not use this model. Put models it may use into the route.';
    case 'retryable':
    case 'truncated':
      return (
        (provider && providerKinds[provider.kind].advice?.unreachable) ??
        'The server did not answer properly. Check the network, a proxy, and baseUrl; then try again.'
      );
    default:
      return 'See the message; if it does not help, look at the log.';
  }
}

/** Walks config → key → model list → route → price → one call of a tool, and stops where a session would fail, too. */
export async function examine(patient: Patient, clock: Clock, signal: AbortSignal): Promise<Diagnosis> {
  const { provider, name, label, keyFrom } = patient;
  const base = { provider: name, label, ...(keyFrom && { keyFrom }) };
  if (!provider) {
    const where =
      patient.keyEnv.length > 0 ? `Set ${patient.keyEnv.join(' or ')}, or add the key in the editor` : 'Add its key';
    const advice = `${where}${patient.keysAt ? ` (keys: ${patient.keysAt})` : ''}.`;
    return { ...base, ok: patient.explicit ? false : undefined, step: 'key', error: 'no-key', advice };
  }
  const failed = (step: Step, error: ProviderError): Diagnosis => {
    const absent = !patient.explicit && keyFrom === undefined && error.class === 'retryable';
    const { class: kind, message } = error;
    return { ...base, ok: absent ? undefined : false, step, error: kind, message, advice: adviceFor(error, patient) };
  };
  const listed = await limited(clock, signal, inner => provider.listModels(inner));
  if (!listed.ok) return failed('models', listed.error);
  const models = listed.models.length;
  const ids = new Set(listed.models.map(each => each.id));
  const model = patient.wanted.find(each => ids.has(each)) ?? patient.wanted[0] ?? listed.models[0]?.id;
  if (model === undefined) {
    const advice = providerKinds[provider.kind].advice?.noModels ?? 'Name a model in its route.';
    return { ...base, ok: false, step: 'models', models, error: 'no-models', advice };
  }
  const [example = model] = patient.reached;
  if (patient.reached.length === 0) {
    const route = `put "${name}/${model}" into a route.`;
    const advice = patient.elsewhere
      ? `The default route leads to others alone: ${route}`
      : `No session asks it before its models are named: put them into orchestrate.providers, as "models": [{ "id": "${model}" }], or ${route}`;
    const message = 'It answers, but no route leads to any of its models.';
    // Who has a key lying about and sends the work elsewhere has made no mistake.
    const ok = patient.elsewhere && !patient.explicit ? undefined : false;
    return { ...base, ok, step: 'route', models, model, error: 'no-route', message, advice };
  }
  if (!provider.free && !(await priced(patient))) {
    const advice = `Say what it costs in orchestrate.prices, as { "model": "${name}/${example}", "input": 1, "output": 5 }, or mark the provider as "free".`;
    const message = `It is not known what ${example} costs, and what has no price cannot be kept within a budget.`;
    return { ...base, ok: false, step: 'price', models, model: example, error: 'no-price', message, advice };
  }
  const started = clock.monotonic();
  const trial = await limited(clock, signal, inner => tryToolCall(provider, model, patient.redactor, inner));
  const ms = Math.round(clock.monotonic() - started);
  if (trial.ok) return { ...base, ok: true, step: 'completion', models, model, ms };
  if (trial.error !== 'no-tool-call') return { ...failed('completion', trial.error), models, model, ms };
  const message = `${model} answered, but called no tool${trial.said ? `: "${trial.said}"` : '.'}`;
  const advice = 'Agents work by calling tools. Choose a model that can, or switch tool calls on at the server.';
  return { ...base, ok: false, step: 'completion', models, model, ms, error: 'no-tool-call', message, advice };
}

async function priced({ reached, priced }: Patient): Promise<boolean> {
  for (const model of reached) if (await priced(model)) return true;
  return false;
}

async function limited<T>(clock: Clock, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = clock.after(STEP_MS, () => limit.abort());
  try {
    return await run(AbortSignal.any([signal, limit.signal]));
  } finally {
    timer.dispose();
  }
}
