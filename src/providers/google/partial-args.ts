import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

type Key = string | number;

/** Arguments that Gemini writes piece by piece, each with the path of the value that it begins or goes on with. */
export class PartialArgs {
  readonly args: JsonObject = {};
  /** The path whose text is not complete. */
  #open: string | undefined;

  take(pieces: unknown): void {
    if (!Array.isArray(pieces)) return;
    for (const piece of pieces.filter(isObject)) this.#piece(piece);
  }

  #piece(piece: JsonObject): void {
    if (typeof piece.jsonPath !== 'string') return;
    const path = keysOf(piece.jsonPath);
    if (!path.length || path.includes('__proto__')) return;
    const value = valueIn(piece);
    if (value !== undefined) this.#put(path, value, this.#open === piece.jsonPath);
    this.#open = piece.willContinue === true ? piece.jsonPath : undefined;
  }

  #put(path: Key[], value: unknown, goesOn: boolean): void {
    let at: Record<Key, unknown> = this.args;
    for (const [depth, key] of path.slice(0, -1).entries()) {
      if (typeof at[key] !== 'object' || at[key] === null) at[key] = typeof path[depth + 1] === 'number' ? [] : {};
      at = at[key] as Record<Key, unknown>;
    }
    const last = path.at(-1) as Key;
    const before = at[last];
    at[last] = goesOn && typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
}

function valueIn(piece: JsonObject): unknown {
  if ('stringValue' in piece) return piece.stringValue;
  if ('numberValue' in piece) return piece.numberValue;
  if ('boolValue' in piece) return piece.boolValue;
  return 'nullValue' in piece ? null : undefined;
}

/** The keys of "$.a.b[0]['c d']". */
function keysOf(path: string): Key[] {
  const keys: Key[] = [];
  for (const [, name, index, single, double] of path.matchAll(
    /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g,
  )) {
    if (index !== undefined) keys.push(Number(index));
    else keys.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return keys;
}
