import type * as vscode from 'vscode';
import type { ProviderRequest } from '../../core/routing/contract.ts';

type Counter = Pick<vscode.LanguageModelChat, 'id' | 'countTokens'>;

/** Counts prompts by the model's own tokenizer, each piece of a conversation once: it comes again with every turn. */
export class PromptTokens {
  readonly #counts = new WeakMap<object, { model: string; tokens: Promise<number> }>();

  /** About what a prompt has; undefined if the model would not count. */
  async of(model: Counter, request: ProviderRequest, token: vscode.CancellationToken): Promise<number | undefined> {
    const counts = [this.#text(model, request.system, token)];
    for (const tool of request.tools) counts.push(this.#once(model, tool, token));
    for (const message of request.messages) {
      for (const part of message.parts) if (part.type !== 'reasoning') counts.push(this.#once(model, part, token));
    }
    const tokens = await Promise.all(counts).catch(() => undefined);
    return tokens?.reduce((sum, each) => sum + each, 0);
  }

  #once(model: Counter, part: object, token: vscode.CancellationToken): Promise<number> {
    const known = this.#counts.get(part);
    if (known?.model === model.id) return known.tokens;
    const tokens = this.#text(model, JSON.stringify(part), token);
    this.#counts.set(part, { model: model.id, tokens });
    // A count that failed is tried again the next time.
    tokens.catch(() => this.#counts.delete(part));
    return tokens;
  }

  async #text(model: Counter, text: string, token: vscode.CancellationToken): Promise<number> {
    return text === '' ? 0 : model.countTokens(text, token);
  }
}
