import type {
  LimitInfo,
  ModelInfo,
  Provider,
  ProviderError,
  ProviderEvent,
  ProviderFinish,
  ProviderRequest,
} from '../../src/core/routing/contract.ts';
import { sleep } from '../../src/core/routing/wait.ts';
import type { FakeClock } from './fake-clock.ts';

/** What a scripted provider does next in a stream. */
export type Step =
  | string
  | { open: LimitInfo }
  | { alive: true }
  /** A few bytes of something longer. */
  | { part: number }
  | { thinks: true }
  /** A bit of the arguments of a call that is never whole. */
  | { args: string }
  | { tool: string; args?: unknown }
  | { wait: number }
  /** Says nothing more, until it is aborted. */
  | { hang: true }
  /** Hangs and does not even listen to the abort. */
  | { deaf: true }
  | { throw: string }
  /** Ends the iteration without an end event. */
  | { vanish: true }
  | {
      fail: ProviderError['class'];
      afterMs?: number;
      status?: number;
      code?: string;
      usage?: NonNullable<ProviderError['usage']>;
    }
  | { finish: Partial<Pick<ProviderFinish, 'stop' | 'usage'>> };

export type Script = Step[] | ((request: ProviderRequest, call: number) => Step[]);

export interface ScriptedOptions {
  clock: FakeClock;
  kind?: Provider['kind'];
  free?: boolean;
  account?: string;
  models?: ModelInfo[] | ((probe: number) => ModelInfo[] | ProviderError | 'hang');
}

export interface ScriptedProvider extends Provider {
  script: Script;
  readonly requests: ProviderRequest[];
  /** Streams that were begun and have not ended or been aborted. */
  readonly open: number;
  readonly probes: number;
}

/** A provider that plays a script: every stream begins with `open` and ends with `finish` unless told otherwise. */
export function scriptedProvider(name: string, script: Script, options: ScriptedOptions): ScriptedProvider {
  const requests: ProviderRequest[] = [];
  let open = 0;
  let probes = 0;

  async function* play(self: ScriptedProvider, request: ProviderRequest, signal: AbortSignal) {
    requests.push(request);
    open++;
    try {
      const steps = typeof self.script === 'function' ? self.script(request, requests.length) : self.script;
      yield* perform(steps, request.model, signal, options.clock);
    } finally {
      open--;
    }
  }

  return {
    name,
    kind: options.kind ?? 'anthropic',
    free: options.free ?? false,
    script,
    requests,
    get open() {
      return open;
    },
    get probes() {
      return probes;
    },
    provenance: model => ({
      provider: name,
      kind: options.kind ?? 'anthropic',
      model,
      account: options.account ?? 'a',
    }),
    stream(request, signal) {
      return play(this, request, signal);
    },
    async listModels(signal) {
      probes++;
      const { models = [] } = options;
      const answer = typeof models === 'function' ? models(probes) : models;
      if (answer === 'hang') {
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
        return { ok: false, error: failed('aborted') };
      }
      return Array.isArray(answer) ? { ok: true, models: answer } : { ok: false, error: answer };
    },
  };
}

export const failed = (kind: ProviderError['class'], more: Partial<ProviderError> = {}): ProviderError => ({
  type: 'error',
  class: kind,
  message: `scripted ${kind}`,
  ...more,
});

async function* perform(
  steps: Step[],
  model: string,
  signal: AbortSignal,
  clock: FakeClock,
): AsyncGenerator<ProviderEvent, void, undefined> {
  const parts: ProviderFinish['message']['parts'] = [];
  const finish = (end: Partial<ProviderFinish> = {}): ProviderFinish => ({
    type: 'finish',
    stop: parts.some(part => part.type === 'tool-call') ? 'tool-calls' : 'end',
    message: {
      role: 'assistant',
      parts,
      native: { provenance: { provider: '', kind: '', model, account: '' }, blocks: [] },
    },
    usage: { input: 100, output: 10 },
    ...end,
  });
  let opened = false;
  const first = (): ProviderEvent[] => {
    if (opened) return [];
    opened = true;
    return [{ type: 'open' }];
  };
  for (const step of steps) {
    if (signal.aborted) {
      yield failed('aborted');
      return;
    }
    if (typeof step === 'string') {
      parts.push({ type: 'text', text: step });
      yield* first();
      yield { type: 'text', text: step };
    } else if ('open' in step) {
      opened = true;
      yield { type: 'open', limits: step.open };
    } else if ('alive' in step) {
      yield* first();
      yield { type: 'alive' };
    } else if ('part' in step) {
      yield* first();
      yield { type: 'alive', part: step.part };
    } else if ('thinks' in step) {
      yield* first();
      yield { type: 'alive', thinking: true };
    } else if ('args' in step && !('tool' in step)) {
      yield* first();
      yield { type: 'tool-call-delta', id: 't', json: step.args };
    } else if ('tool' in step) {
      const id = `t${parts.length}`;
      parts.push({ type: 'tool-call', id, name: step.tool, args: step.args ?? {} });
      yield* first();
      yield { type: 'tool-call-start', id, name: step.tool };
      yield { type: 'tool-call-delta', id, json: JSON.stringify(step.args ?? {}) };
    } else if ('wait' in step) {
      await sleep(clock, step.wait, signal);
    } else if ('hang' in step) {
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
    } else if ('deaf' in step) {
      await new Promise(() => {});
    } else if ('throw' in step) {
      throw new Error(step.throw);
    } else if ('vanish' in step) {
      return;
    } else if ('fail' in step) {
      const { fail, afterMs, ...more } = step;
      yield failed(fail, { ...more, ...(afterMs !== undefined && { retry: { afterMs } }) });
      return;
    } else {
      yield* first();
      yield finish(step.finish);
      return;
    }
  }
  if (signal.aborted) {
    yield failed('aborted');
    return;
  }
  yield* first();
  yield finish();
}
