import { carryOver } from './carry.ts';
import { type Reading, readingsOf } from './copied.ts';
import type { Edit } from './edit.ts';
import { type Folded, fold, LOOSENESS, type Looseness } from './fold.ts';
import { indentOf, stepOf } from './indent.ts';
import { nearest } from './nearest.ts';
import { apart, exactPlaces, loosePlaces, type Place } from './places.ts';

export type Edited =
  | { ok: true; text: string; replaced: number; notes: string[] }
  | { ok: false; refusal: 'no-match' | 'ambiguous-match' | 'no-change'; problem: string; nearby?: string };

/** What one edit comes to. */
type Outcome =
  | { text: string; replaced: number; note?: string }
  | { refusal: 'no-match' | 'ambiguous-match'; problem: string; nearby?: string };

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;

const linesOf = (text: string, { from, to }: Place): string => {
  const first = lineAt(text, from);
  const last = lineAt(text, Math.max(from, to - 1));
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
};

/** Where an edit fits, and what must be forgiven for that; the strictest reading that fits anywhere. */
interface Fit {
  edit: Edit;
  places: Place[];
  looseness?: Looseness;
  off?: string;
}

class Target {
  readonly text: string;
  readonly #folded = new Map<Looseness, Folded>();

  constructor(text: string) {
    this.text = text;
  }

  #foldedTo(looseness: Looseness): Folded {
    const made = this.#folded.get(looseness) ?? fold(this.text, looseness);
    this.#folded.set(looseness, made);
    return made;
  }

  places(wanted: string, looseness: Looseness | undefined): Place[] {
    return looseness === undefined
      ? exactPlaces(this.text, wanted)
      : loosePlaces(this.text, this.#foldedTo(looseness), wanted, looseness);
  }

  fit(readings: readonly Reading[]): Fit | undefined {
    for (const looseness of [undefined, ...LOOSENESS]) {
      for (const { edit, off, line } of readings) {
        const places = this.places(edit.old, looseness).filter(
          place => line === undefined || lineAt(this.text, place.from) === line,
        );
        if (places.length > 0) return { edit, places, ...(looseness && { looseness }), ...(off && { off }) };
      }
    }
    return undefined;
  }
}

/** An edit that only adds lines, where those lines stand there already. */
function addedAlready(text: string, edit: Edit, place: Place): boolean {
  const at = edit.new.indexOf(edit.old);
  if (at === -1) return false;
  const before = edit.new.slice(0, at);
  const after = edit.new.slice(at + edit.old.length);
  if (before.trim() === '' && after.trim() === '') return false;
  const whole =
    (before === '' || before.endsWith('\n')) && (after === '' || after.startsWith('\n') || edit.old.endsWith('\n'));
  const ends = text.charAt(place.to + after.length);
  return (
    whole &&
    (ends === '' || ends === '\n' || after.endsWith('\n') || after === '') &&
    text.slice(Math.max(0, place.from - before.length), place.to + after.length) === edit.new
  );
}

/** The place where the new text stands as whole lines, if that is one place. */
function standing(target: Target, edit: Edit): Place | undefined {
  const { text } = target;
  if (edit.new.trim() === '') return undefined;
  for (const looseness of [undefined, 'line ends', 'typography', 'indentation'] as const) {
    const wanted = edit.new.replace(/^\n+|\n+$/g, '');
    const places = target.places(wanted, looseness).filter(({ from, to }) => {
      if (wanted.includes('\n')) return true;
      const startsLine = text.slice(text.lastIndexOf('\n', from - 1) + 1, from).trim() === '';
      const next = text.indexOf('\n', to);
      return startsLine && text.slice(to, next === -1 ? text.length : next).trim() === '';
    });
    if (places.length > 0) return places.length === 1 ? places[0] : undefined;
  }
  return undefined;
}

/** What takes the place; undefined when it cannot be told how it must look there. */
function replacement(text: string, { edit, looseness }: Fit, place: Place): { place: Place; by: string } | undefined {
  const start = text.lastIndexOf('\n', place.from - 1) + 1;
  if (looseness === undefined) {
    // A line that was found within its own indentation: what follows it is meant as deep as it is.
    const missing = text.slice(start, place.from);
    const inside = missing !== '' && missing.trim() === '' && indentOf(edit.old) !== '' && !edit.old.includes('\n');
    const lines = edit.new.split('\n');
    const framed = lines.every(line => line.trim() === '' || line.startsWith(indentOf(edit.old)));
    if (!inside || !framed) return { place, by: edit.new };
    return { place, by: lines.map((line, index) => (index === 0 || line === '' ? line : missing + line)).join('\n') };
  }
  if (looseness === 'spacing') {
    const lead = /^\s*\n/.exec(edit.old)?.[0] ?? '';
    const trail = /\n\s*$/.exec(edit.old)?.[0] ?? '';
    const core = {
      old: edit.old.slice(lead.length, edit.old.length - trail.length),
      new: edit.new.replace(lead === '' ? /^(?!)/ : /^\s*\n/, '').replace(trail === '' ? /(?!)$/ : /\n\s*$/, ''),
    };
    return carried(text, core, place);
  }
  return carried(text, edit, place, looseness === 'indentation');
}

function carried(text: string, edit: Edit, place: Place, shifts = true): { place: Place; by: string } | undefined {
  const step = stepOf(text.split('\n'));
  const whole = !shifts || place.from === text.lastIndexOf('\n', place.from - 1) + 1;
  const slice = text.slice(place.from, place.to);
  const by = carryOver(edit, slice, step, whole);
  if (by !== undefined) return { place, by };
  if (!whole || indentOf(edit.old) !== '') return undefined;
  // The first line was copied from its first word on, the others with their indentation.
  const from = place.from + indentOf(slice).length;
  const part = carryOver(edit, text.slice(from, place.to), step, false);
  return part === undefined ? undefined : { place: { from, to: place.to }, by: part };
}

function forgiven({ looseness, off }: Fit): string {
  const differs = looseness && `"old" differs from the file in its ${looseness}`;
  const taken = off && `${off} had to be taken off`;
  return [differs, taken].filter(Boolean).join(', and ');
}

function missing(target: Target, edit: Edit): Outcome {
  const near = nearest(target.text, edit.old);
  const hint = near
    ? near.same
      ? `Lines ${near.from} to ${near.to} differ from it only in white space, but not by one shift. Copy them exactly:`
      : `The nearest are lines ${near.from} to ${near.to}:`
    : 'Nothing in the file resembles it. Read the file again.';
  const problem = `"old" does not occur in the file. ${hint}`;
  return { refusal: 'no-match', problem, ...(near && { nearby: near.text }) };
}

function applyOne(text: string, edit: Edit): Outcome {
  const target = new Target(text);
  const readings = readingsOf(edit);
  const fit = target.fit(readings);
  if (!fit) {
    for (const reading of readings) {
      const place = reading.line === undefined && standing(target, reading.edit);
      if (place)
        return { text, replaced: 0, note: `is there already (${linesOf(text, place)}), so nothing was changed for it` };
    }
    return missing(target, edit);
  }
  const { places } = fit;
  const [first] = places;
  const excuse = forgiven(fit);
  if (places.length > 1 && !edit.all) {
    const lines = places.slice(0, 10).map(place => lineAt(text, place.from));
    const how = excuse === '' ? '' : ` if it is forgiven that ${excuse}`;
    return {
      refusal: 'ambiguous-match',
      problem: `"old" occurs ${places.length} times${how} (lines ${lines.join(', ')}). Add lines around it until it is unique, or set all: true to replace each.`,
    };
  }
  if (first && !edit.all && addedAlready(text, fit.edit, first)) {
    return { text, replaced: 0, note: `is there already (${linesOf(text, first)}), so nothing was changed for it` };
  }
  const chosen = apart(places);
  let changed = text;
  for (const place of [...chosen].reverse()) {
    const made = replacement(text, fit, place);
    if (!made) return missing(target, edit);
    changed = changed.slice(0, made.place.from) + made.by + changed.slice(made.place.to);
  }
  const note = excuse === '' || !first ? undefined : `was made at ${linesOf(text, first)}, though ${excuse}`;
  return { text: changed, replaced: chosen.length, ...(note && { note }) };
}

/** Replacements one after the other, all of them or none, each where it can only mean one place. */
export function applyEdits(original: string, edits: readonly Edit[]): Edited {
  let text = original;
  let replaced = 0;
  const notes: string[] = [];
  for (const [index, edit] of edits.entries()) {
    const which = edits.length > 1 ? `Edit ${index + 1} of ${edits.length}` : 'The edit';
    const prefix = edits.length > 1 ? `${which}: ` : '';
    if (edit.old === edit.new) {
      return { ok: false, refusal: 'no-change', problem: `${prefix}"old" and "new" are the same.` };
    }
    const outcome = applyOne(text, edit);
    if ('refusal' in outcome) {
      const { problem, ...rest } = outcome;
      return { ok: false, ...rest, problem: prefix + problem };
    }
    text = outcome.text;
    replaced += outcome.replaced;
    if (outcome.note) notes.push(`${which} ${outcome.note}.`);
  }
  return { ok: true, text, replaced, notes };
}
