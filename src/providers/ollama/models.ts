import type { ModelInfo } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

type Post = (path: string, body?: JsonObject) => Promise<unknown>;

/** What `/api/show` told, by the digest of the model it told it of: a digest never changes its meaning. */
export class OllamaModels {
  readonly #shown = new Map<string, Partial<ModelInfo>>();

  /** Lists the local models with what they can; one that cannot be shown is listed all the same. */
  async list(ask: Post, numCtx: number): Promise<ModelInfo[]> {
    const tags = await ask('/api/tags');
    const models = isObject(tags) && Array.isArray(tags.models) ? tags.models.filter(isObject) : [];
    const infos: ModelInfo[] = [];
    for (const model of models) {
      const id = [model.model, model.name].find(each => typeof each === 'string');
      if (typeof id !== 'string') continue;
      const { contextTokens, ...info } = await this.#show(ask, id, String(model.digest ?? id));
      infos.push({ id, ...info, contextTokens: Math.min(numCtx, contextTokens ?? numCtx) });
    }
    return infos;
  }

  async #show(ask: Post, id: string, digest: string): Promise<Partial<ModelInfo>> {
    const known = this.#shown.get(digest);
    if (known) return known;
    const shown = await ask('/api/show', { model: id }).catch(() => undefined);
    if (!isObject(shown)) return {};
    const info = infoOf(shown);
    this.#shown.set(digest, info);
    return info;
  }
}

function infoOf(shown: JsonObject): Partial<ModelInfo> {
  const details = isObject(shown.model_info) ? shown.model_info : {};
  const length = Object.entries(details).find(([name]) => name.endsWith('.context_length'))?.[1];
  const abilities = Array.isArray(shown.capabilities) ? shown.capabilities : undefined;
  return {
    ...(typeof length === 'number' && { contextTokens: length }),
    ...(abilities && {
      tools: abilities.includes('tools'),
      images: abilities.includes('vision'),
      reasoning: abilities.includes('thinking'),
    }),
  };
}
