import type { ConfiguredProvider } from './providers.ts';

/** The provider of an editor's own models, which are nobody's account. */
export const EDITOR_MODELS = 'vscode';

/** A provider as the person set it up, without its key. */
export interface Account {
  name: string;
  label: string;
  /** A server on this machine. */
  local: boolean;
  /** Answers without a key. */
  keyless: boolean;
  /** Written down by the person, not only known to us. */
  explicit: boolean;
  /** Where its key comes from, in words, never the key; undefined: there is none. */
  keyFrom?: string;
}

export function accountOf(provider: ConfiguredProvider, keyFrom: string | undefined): Account {
  const { name, label, entry, keyless, explicit } = provider;
  return {
    name,
    label,
    local: entry.local === true,
    keyless,
    explicit,
    ...(keyFrom !== undefined && { keyFrom }),
  };
}
