import * as z from 'zod';
import { type Atom, isVisible, type Mark, type Weave } from './weave.ts';
import type { Whole } from './whole.ts';

/** Lines with the same marks, their ids counting up: how many, who put them in, who took them out, the first id. */
type Run = [count: number, ins: Mark, del: Mark, id: number];

const Author = z.object({ agent: z.string(), task: z.string().optional(), model: z.string().optional() });
const Packed = z.discriminatedUnion('kind', [
  z.object({
    v: z.literal(1),
    kind: z.literal('lines'),
    authors: z.array(Author),
    next: z.number(),
    created: z.number(),
    gone: z.number(),
    exists: z.boolean(),
    runs: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    /** The lines that do not stand in the file; those that do are read from it. */
    hidden: z.array(z.string()),
  }),
  z.object({
    v: z.literal(1),
    kind: z.literal('whole'),
    authors: z.array(Author),
    base: z.string().nullable(),
    current: z.string().nullable(),
    edited: z.boolean(),
  }),
]);

/** A file's review as bytes, without the lines that the file itself holds. */
export function pack(reviewed: Weave | Whole): Uint8Array {
  const packed: z.infer<typeof Packed> =
    'atoms' in reviewed
      ? {
          v: 1,
          kind: 'lines',
          authors: [...reviewed.authors],
          next: reviewed.next,
          created: reviewed.created,
          gone: reviewed.gone,
          exists: reviewed.exists,
          runs: runsOf(reviewed.atoms),
          hidden: reviewed.atoms.filter(atom => !isVisible(atom)).map(atom => atom.text),
        }
      : { v: 1, kind: 'whole', ...reviewed, authors: [...reviewed.authors] };
  return new TextEncoder().encode(JSON.stringify(packed));
}

/** Undefined where the bytes, or the file's lines, are not what was packed. */
export function unpack(bytes: Uint8Array, lines: readonly string[]): Weave | Whole | undefined {
  const parsed = Packed.safeParse(parse(bytes));
  if (!parsed.success) return undefined;
  const { v, ...packed } = parsed.data;
  const authors = packed.authors as Weave['authors'];
  if (packed.kind === 'whole') {
    return { authors, base: packed.base, current: packed.current, edited: packed.edited };
  }
  const atoms = atomsOf(packed.runs as Run[], lines, packed.hidden);
  const { next, created, gone, exists } = packed;
  return atoms && { atoms, authors, next, created, gone, exists };
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

function runsOf(atoms: readonly Atom[]): Run[] {
  const runs: Run[] = [];
  for (const { ins, del, id } of atoms) {
    const last = runs.at(-1);
    const follows = last && last[1] === ins && last[2] === del && (id === 0 ? last[3] === 0 : last[3] + last[0] === id);
    if (last && follows) last[0]++;
    else runs.push([1, ins, del, id]);
  }
  return runs;
}

function atomsOf(runs: readonly Run[], lines: readonly string[], hidden: readonly string[]): Atom[] | undefined {
  const atoms: Atom[] = [];
  let visible = 0;
  let unseen = 0;
  for (const [count, ins, del, id] of runs) {
    for (let i = 0; i < count; i++) {
      const text = del === 0 ? lines[visible++] : hidden[unseen++];
      if (text === undefined) return undefined;
      atoms.push({ text, ins, del, id: id === 0 ? 0 : id + i });
    }
  }
  return visible === lines.length && unseen === hidden.length ? atoms : undefined;
}
