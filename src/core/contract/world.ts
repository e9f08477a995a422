import { isObject } from './schema.ts';

/** What answers told of things that are there: a path with a parameter can be filled with one of them. */
export class Known {
  readonly #things: { path: string; thing: Record<string, unknown> }[] = [];

  /** Things in the answer to a request for this path, the latest first. */
  learn(path: string, body: string): void {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return;
    }
    const lists = [value, ...(isObject(value) ? Object.values(value) : [])].filter(Array.isArray);
    const things = [...lists.flat(), ...(isObject(value) ? [value, ...Object.values(value)] : [])].filter(isObject);
    for (const thing of things) this.#things.push({ path, thing });
  }

  forget(): void {
    this.#things.length = 0;
  }

  /** The value of a parameter that stands behind `prefix` in a path. */
  valueOf(prefix: string, parameter: string): string | undefined {
    const collection = prefix.replace(/\/+$/, '');
    const names = [parameter, ...(/id$/i.test(parameter) ? ['id', '_id'] : [])];
    for (const { path, thing } of this.#things.toReversed()) {
      if (path !== collection) continue;
      for (const name of names) {
        const value = thing[name];
        if (typeof value === 'string' || typeof value === 'number') return String(value);
      }
    }
    return undefined;
  }
}
