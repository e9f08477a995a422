import type * as vscode from 'vscode';

/** VS Code itself asks: the person has chosen the model in the chat view. */
const CORE = 'core';
const KEY = 'orchestrate.extensionsThatMayAsk';

export interface Asking {
  /** As VS Code names it; older ones do not say who asks. */
  extension: string | undefined;
}

/** Which extensions may spend through the best model that answers: each is asked about once. */
export class ExtensionConsent {
  readonly #memory: Pick<vscode.Memento, 'get' | 'update'>;
  readonly #ask: (extension: string | undefined) => Promise<'allow' | 'deny' | undefined>;
  readonly #own: string;
  /** Refused in this window, or by whoever closed the question; the next window asks again. */
  readonly #refused = new Set<string>();
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(
    memory: Pick<vscode.Memento, 'get' | 'update'>,
    own: string,
    ask: (extension: string | undefined) => Promise<'allow' | 'deny' | undefined>,
  ) {
    this.#memory = memory;
    this.#own = own.toLowerCase();
    this.#ask = ask;
  }

  get allowed(): readonly string[] {
    const kept = this.#memory.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter(each => typeof each === 'string') : [];
  }

  async allows({ extension }: Asking): Promise<boolean> {
    const name = extension?.toLowerCase();
    if (name === CORE || name === this.#own) return true;
    const id = name ?? '';
    if (this.allowed.includes(id)) return true;
    if (this.#refused.has(id)) return false;
    // Many questions of one extension are one question to the person.
    const asking = this.#asking.get(id) ?? this.#settle(id, name);
    this.#asking.set(id, asking);
    return asking;
  }

  /** All but these have to ask again. */
  async keep(extensions: readonly string[]): Promise<void> {
    await this.#memory.update(KEY, [...extensions]);
    this.#refused.clear();
  }

  async #settle(id: string, name: string | undefined): Promise<boolean> {
    try {
      const answer = await this.#ask(name);
      // Who cannot be named is allowed for this window alone.
      if (answer === 'allow' && name !== undefined) await this.#memory.update(KEY, [...this.allowed, id]);
      if (answer !== 'allow') this.#refused.add(id);
      return answer === 'allow';
    } finally {
      if (name !== undefined) this.#asking.delete(id);
    }
  }
}
