import { randomUUID } from 'node:crypto';
import type { NewId } from '../core/ports.ts';
import { Redactor } from '../core/redact/redactor.ts';

/** What providers take from their host. */
export interface ProviderDeps {
  /** Shared with everything that shows or stores text; the provider adds its key. */
  redactor: Redactor;
  newId: NewId;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Fit for every vendor: `^[A-Za-z0-9_-]{1,64}$`. */
const newId: NewId = prefix => `${prefix}_${randomUUID().replaceAll('-', '')}`;

export function withDefaults(deps: Partial<ProviderDeps> = {}): ProviderDeps {
  return { redactor: deps.redactor ?? new Redactor(), newId: deps.newId ?? newId, now: deps.now ?? Date.now };
}
