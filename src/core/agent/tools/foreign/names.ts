import type { ForeignTool, HashOf } from '../../../ports.ts';

/** What every vendor takes for the name of a tool. */
const LIMIT = 64;
const DIGEST = 8;

const digest = (name: string, hashOf: HashOf) => hashOf(new TextEncoder().encode(name)).slice(0, DIGEST);

const plain = (name: string) => {
  const safe = name.replace(/[^a-zA-Z0-9_-]/g, '_');
  return /^[a-zA-Z_]/.test(safe) ? safe : `t_${safe}`;
};

const marked = (name: string, mark: string) => `${name.slice(0, LIMIT - DIGEST - 1)}_${mark}`;

/**
 * What models call each of these tools: fit for every vendor, different from our own names and from each other. A tool
 * keeps its name whichever others there are, unless they would be called the same.
 */
export function namesForModels<T extends Pick<ForeignTool, 'name'>>(
  tools: readonly T[],
  taken: ReadonlySet<string>,
  hashOf: HashOf,
): Map<string, T> {
  const wanted = new Map<string, number>();
  for (const { name } of tools) wanted.set(plain(name), (wanted.get(plain(name)) ?? 0) + 1);
  const named = new Map<string, T>();
  for (const tool of [...tools].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const name = plain(tool.name);
    const alone = wanted.get(name) === 1 && !taken.has(name) && name.length <= LIMIT;
    const free = alone && !named.has(name);
    named.set(free ? name : marked(name, digest(tool.name, hashOf)), tool);
  }
  return named;
}
