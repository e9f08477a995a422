/**
 * Globs as models, workspaces and people write them: `*`, `**`, `?`, `{a,b}` and `[abc]`; all else means itself, as the
 * brackets in names of routes do. Matching walks the path once and keeps the set of places in the glob where it may
 * stand, so that no glob takes longer than its length times the path's.
 */
export interface GlobOptions {
  /** `\` takes its meaning from the next character, as in ignore files. */
  escapes?: boolean;
  /** Letters match in either case. */
  fold?: boolean;
}

/** Longer ones are nobody's honest work. */
export const longestGlob = 300;

type Step =
  | { is: 'letter'; letter: string }
  /** Any letter but what parts folders. */
  | { is: 'any' }
  | { is: 'anything' }
  | { is: 'class'; not: boolean; ranges: [from: string, to: string][] }
  /** Goes on at each of these places, without a letter. */
  | { is: 'fork'; to: number[] }
  | { is: 'end' };

/** Whether a whole path matches; a glob that is too long matches none. */
export function compileGlob(glob: string, options: GlobOptions = {}): (path: string) => boolean {
  if (glob.length > longestGlob) return () => false;
  const steps = new Compiler(options.fold ? glob.toLowerCase() : glob, options.escapes === true).steps();
  const automaton = new Automaton(steps);
  return path => automaton.matches(options.fold ? path.toLowerCase() : path);
}

/** All the places one may stand at after the same letters. */
interface Stand {
  places: readonly number[];
  ends: boolean;
  next: Map<string, Stand>;
}

/** How many steps are remembered; others are computed again when they are needed. */
const REMEMBERED = 5000;

class Automaton {
  readonly #steps: readonly Step[];
  readonly #stands = new Map<string, Stand>();
  #remembered = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  matches(path: string): boolean {
    if (this.#remembered > REMEMBERED) {
      this.#stands.clear();
      this.#remembered = 0;
    }
    let at = this.#stand([0]);
    for (const letter of path) {
      at = at.next.get(letter) ?? this.#after(at, letter);
      if (at.places.length === 0) return false;
    }
    return at.ends;
  }

  #after(at: Stand, letter: string): Stand {
    const next = this.#stand(
      at.places.filter(place => takes(this.#steps[place] as Step, letter)).map(place => place + 1),
    );
    this.#remembered++;
    at.next.set(letter, next);
    return next;
  }

  #stand(from: readonly number[]): Stand {
    const places = new Set<number>();
    for (const place of from) enter(this.#steps, place, places);
    const sorted = [...places].sort((one, other) => one - other);
    const key = sorted.join();
    let stand = this.#stands.get(key);
    if (!stand) {
      stand = { places: sorted, ends: sorted.some(place => this.#steps[place]?.is === 'end'), next: new Map() };
      this.#stands.set(key, stand);
    }
    return stand;
  }
}

function enter(steps: readonly Step[], at: number, into: Set<number>): void {
  const open = [at];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (into.has(place)) continue;
    into.add(place);
    const step = steps[place];
    if (step?.is === 'fork') open.push(...step.to);
  }
}

function takes(step: Step, letter: string): boolean {
  switch (step.is) {
    case 'letter':
      return step.letter === letter;
    case 'any':
      return letter !== '/';
    case 'anything':
      return true;
    case 'class':
      return letter !== '/' && step.ranges.some(([from, to]) => from <= letter && letter <= to) !== step.not;
    default:
      return false;
  }
}

class Compiler {
  readonly #letters: string[];
  readonly #escapes: boolean;
  readonly #steps: Step[] = [];
  /** Where the braces that are pairs close, by where they open. */
  readonly #braces: ReadonlyMap<number, { close: number; commas: number[] }>;

  constructor(glob: string, escapes: boolean) {
    this.#letters = [...glob];
    this.#escapes = escapes;
    this.#braces = escapes ? new Map() : bracesOf(this.#letters);
  }

  steps(): Step[] {
    this.#read(0, this.#letters.length);
    this.#steps.push({ is: 'end' });
    return this.#steps;
  }

  #read(from: number, to: number): void {
    for (let at = from; at < to; ) at = this.#one(at, to);
  }

  /** Compiles what begins here and gives back where it ends. */
  #one(at: number, to: number): number {
    const steps = this.#steps;
    const letter = this.#letters[at] as string;
    if (letter === '\\' && this.#escapes && at + 1 < to) return this.#letter(this.#letters[at + 1] as string, at + 2);
    if (letter === '*') return this.#stars(at, to);
    if (letter === '?') {
      steps.push({ is: 'any' });
      return at + 1;
    }
    const brace = this.#braces.get(at);
    if (brace) return this.#alternatives(at, brace);
    if (letter === '[') return this.#class(at, to) ?? this.#letter(letter, at + 1);
    return this.#letter(letter, at + 1);
  }

  #letter(letter: string, next: number): number {
    this.#steps.push({ is: 'letter', letter });
    return next;
  }

  /** `**` that is the whole name of a folder. */
  #isDeep(at: number, to: number): boolean {
    const before = this.#letters[at - 1];
    const after = at + 2 >= to ? undefined : this.#letters[at + 2];
    return (
      this.#letters[at] === '*' &&
      this.#letters[at + 1] === '*' &&
      at + 1 < to &&
      (before === undefined || before === '/' || before === '{' || before === ',') &&
      (after === undefined || after === '/')
    );
  }

  #stars(at: number, to: number): number {
    const steps = this.#steps;
    const start = steps.length;
    if (this.#isDeep(at, to)) {
      // "**/" is any number of folders, and "**" alone all that there is.
      const inner = at + 2 < to;
      const fork: Step = { is: 'fork', to: [start + 1] };
      steps.push(fork, { is: 'anything' }, { is: 'fork', to: inner ? [start + 1, start + 3] : [start] });
      if (inner) steps.push({ is: 'letter', letter: '/' });
      fork.to.push(inner ? start + 4 : start + 3);
      return Math.min(to, at + 3);
    }
    let next = at;
    while (next < to && this.#letters[next] === '*') next++;
    steps.push({ is: 'fork', to: [start + 1, start + 3] }, { is: 'any' }, { is: 'fork', to: [start] });
    return next;
  }

  #alternatives(at: number, { close, commas }: { close: number; commas: number[] }): number {
    const fork: Step = { is: 'fork', to: [] };
    this.#steps.push(fork);
    const ends: { is: 'fork'; to: number[] }[] = [];
    let from = at + 1;
    for (const to of [...commas, close]) {
      fork.to.push(this.#steps.length);
      this.#read(from, to);
      const end: Step = { is: 'fork', to: [] };
      ends.push(end);
      this.#steps.push(end);
      from = to + 1;
    }
    for (const end of ends) end.to.push(this.#steps.length);
    return close + 1;
  }

  /** `[abc]`, or the very same text; undefined where no bracket closes it. */
  #class(at: number, to: number): number | undefined {
    const letters = this.#letters;
    const not = letters[at + 1] === '!' || letters[at + 1] === '^';
    const first = at + (not ? 2 : 1);
    const ranges: [string, string][] = [];
    let end = first;
    for (; end < to && (letters[end] !== ']' || end === first); end++) {
      if (letters[end] === '/') return undefined;
      if (letters[end] === '\\' && this.#escapes) end++;
      const from = letters[end] ?? '';
      const till = letters[end + 2];
      if (letters[end + 1] === '-' && till !== undefined && till !== ']') {
        ranges.push([from, till]);
        end += 2;
      } else ranges.push([from, from]);
    }
    if (end >= to) return undefined;
    const start = this.#steps.length;
    const text = this.#escapes ? [] : letters.slice(at, end + 1);
    const same = this.#escapes ? [] : [start + 3];
    this.#steps.push({ is: 'fork', to: [start + 1, ...same] }, { is: 'class', not, ranges });
    this.#steps.push({ is: 'fork', to: [start + 3 + text.length] });
    for (const letter of text) this.#steps.push({ is: 'letter', letter });
    return end + 1;
  }
}

/** Pairs of braces with a comma between them; one without means itself. */
function bracesOf(letters: readonly string[]): Map<number, { close: number; commas: number[] }> {
  const found = new Map<number, { close: number; commas: number[] }>();
  const open: { at: number; commas: number[] }[] = [];
  for (const [at, letter] of letters.entries()) {
    if (letter === '{') open.push({ at, commas: [] });
    else if (letter === ',') open.at(-1)?.commas.push(at);
    else if (letter === '}') {
      const pair = open.pop();
      if (pair && pair.commas.length > 0) found.set(pair.at, { close: at, commas: pair.commas });
    }
  }
  return found;
}

/** `a{b,c}` written out; undefined where that makes more than `most`. */
export function expandBraces(glob: string, most: number): string[] | undefined {
  const open = [[...glob]];
  const done: string[] = [];
  for (let letters = open.pop(); letters; letters = open.pop()) {
    const [first] = [...bracesOf(letters)].sort(([one], [other]) => one - other);
    if (!first) done.push(letters.join(''));
    else {
      const [at, { close, commas }] = first;
      let from = at + 1;
      for (const to of [...commas, close]) {
        open.push([...letters.slice(0, at), ...letters.slice(from, to), ...letters.slice(close + 1)]);
        from = to + 1;
      }
    }
    if (done.length + open.length > most) return undefined;
  }
  return done;
}

/** A word in which `*` is any letters. Matches from both ends inwards, one star at a time, so that no pattern takes long. */
export function starMatcher(word: string): (text: string) => boolean {
  const parts = word.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text => text === first;
  return text => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > text.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
