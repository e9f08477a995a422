import type * as vscode from 'vscode';
import type { Disposable, Secrets } from '../core/ports.ts';

/** Keys in the editor's secret storage, by provider name. */
export class EditorSecrets implements Secrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  async get(provider: string): Promise<string | undefined> {
    return this.#storage.get(slot(provider));
  }

  async set(provider: string, key: string): Promise<void> {
    await this.#storage.store(slot(provider), key);
  }

  async remove(provider: string): Promise<void> {
    await this.#storage.delete(slot(provider));
  }

  /** Tells whose key was added, replaced or removed, in whichever window. */
  onChange(listener: (provider: string) => void): Disposable {
    return this.#storage.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
    });
  }
}

const PREFIX = 'orchestrate.key.';
const slot = (provider: string) => `${PREFIX}${provider}`;
