import type { ModelRef } from '../../protocol/ids.ts';
import type { ModelInfo } from './contract.ts';

type Facts = Omit<ModelInfo, 'id'>;

/** What is known of each model: the user's word first, then the provider's own list, then the library. */
export class Models {
  #said: Record<ModelRef, Facts>;
  #listed = new Map<ModelRef, Facts>();
  #library = new Map<ModelRef, Facts>();
  /** Those that were given tools and refused them. */
  #toolless = new Set<ModelRef>();

  constructor(said: Record<ModelRef, Facts> = {}) {
    this.#said = said;
  }

  get(ref: ModelRef): Facts {
    const facts = { ...this.#library.get(ref), ...known(this.#listed.get(ref)), ...this.#said[ref] };
    return this.#toolless.has(ref) ? { ...facts, tools: false } : facts;
  }

  /** What a provider's list of models says. */
  listed(provider: string, models: readonly ModelInfo[]): void {
    for (const { id, ...facts } of models) this.#listed.set(`${provider}/${id}`, facts);
  }

  takesNoTools(ref: ModelRef): void {
    this.#toolless.add(ref);
  }

  looked(ref: ModelRef, contextTokens: number | undefined): void {
    this.#library.set(ref, contextTokens === undefined ? {} : { contextTokens });
  }
}

/** A provider that leaves a field undefined does not take away what others know. */
const known = (facts: Facts | undefined): Facts =>
  Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => value !== undefined));
