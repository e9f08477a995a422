import type { Need } from '../../../protocol/plan.ts';
import { closest, hint } from '../../plan/suggest.ts';
import { kindCalled } from './kind-of-work.ts';
import type { Step } from './steps.ts';

const DONE = '(?:completion|complete|completed|completes|done|finished|finishes|finish)';
const ALL = new RegExp(`^all\\s+(.+?)\\s+(?:is\\s+|are\\s+)?${DONE}$`, 'i');
const ONE = new RegExp(`^(?:after\\s+)?(.+?)\\s+(?:is\\s+)?${DONE}$`, 'i');
const AFTER = /^after\s+(.+)$/i;
const APPROVAL = /^(?:approval\s+(?:of|by|from)\s+(.+)|(.+?)\s+(?:approval|approved|approves))$/i;
const FAILURE = /^(.+?)\s+(?:failure|failed|fails)$/i;

const FORMS = '"SESSION completion", "all PHASE complete", "SESSION approval" or "SESSION failure"';

export type Understood =
  | { ok: true; needs: Need[] }
  | { ok: false; code: 'unknown-trigger' | 'unknown-session'; message: string };

/** What `triggers_on` says, as needs of a plan. `self` is the step it stands at. */
export function readTrigger(words: string, self: Step, steps: readonly Step[]): Understood {
  const needs: Need[] = [];
  for (const part of words.split(/\s*(?:,|;|\band\b|&|\+)\s*/i).filter(each => each !== '')) {
    const read = readPart(part.trim(), self, steps);
    if (!read.ok) return read;
    needs.push(...read.needs);
  }
  if (needs.length === 0) return { ok: false, code: 'unknown-trigger', message: `it is empty; write ${FORMS}` };
  return { ok: true, needs };
}

function readPart(words: string, self: Step, steps: readonly Step[]): Understood {
  const all = ALL.exec(words)?.[1];
  if (all !== undefined) return group(all, self, steps);
  const approval = APPROVAL.exec(words);
  const approver = approval?.[1] ?? approval?.[2];
  if (approver !== undefined) return one(approver, self, steps, id => ({ task: id, when: 'approved' }));
  const failed = FAILURE.exec(words)?.[1];
  if (failed !== undefined) return one(failed, self, steps, id => ({ task: id, when: 'failed' }));
  const done = ONE.exec(words)?.[1] ?? AFTER.exec(words)?.[1];
  if (done === undefined) {
    const near = closest(words.split(/\s+/).at(-1) ?? '', ['completion', 'complete', 'approval', 'failure']);
    const meant = near === undefined ? '' : `; did you mean "… ${near}"?`;
    return {
      ok: false,
      code: 'unknown-trigger',
      message: `"${words}" is not understood${meant} Write ${FORMS}`.replace('? Write', '? Write'),
    };
  }
  const found = sessionsOf(done, self, steps);
  if (found.length === 0 && inGroup(done, self, steps).length > 0) return group(done, self, steps);
  return one(done, self, steps, id => id);
}

function one(words: string, self: Step, steps: readonly Step[], need: (id: string) => Need): Understood {
  const found = sessionsOf(words, self, steps);
  if (found.length === 1) return { ok: true, needs: [need(found[0]?.id ?? '')] };
  const others = steps.filter(step => step !== self);
  if (found.length > 1) {
    const names = found.map(({ session }) => session).join(', ');
    return { ok: false, code: 'unknown-session', message: `"${words}" may be any of ${names}: write which` };
  }
  if (sessionsOf(words, undefined, steps).includes(self))
    return {
      ok: false,
      code: 'unknown-session',
      message: `"${words}" is this session itself: it cannot wait for its own end`,
    };
  const message = `there is no session "${words}" to wait for${hint(words, new Set(others.map(({ session }) => session)))}`;
  return { ok: false, code: 'unknown-session', message };
}

function group(words: string, self: Step, steps: readonly Step[]): Understood {
  const found = inGroup(words, self, steps);
  if (found.length > 0) return { ok: true, needs: found.map(({ id }) => id) };
  const phases = new Set(steps.flatMap(({ phase, kind }) => phase ?? kind));
  return {
    ok: false,
    code: 'unknown-session',
    message: `there is no phase "${words}" to wait for${hint(words, phases)}`,
  };
}

/** All of a phase: by its name, else those whose work is called so. */
function inGroup(words: string, self: Step, steps: readonly Step[]): Step[] {
  const others = steps.filter(step => step !== self);
  const said = words
    .toLowerCase()
    .replace(/\s+(phase|pool|sessions?|tasks?)$/, '')
    .trim();
  const phase = others.filter(step => step.phase === said || step.pool === said);
  if (phase.length > 0) return phase;
  const kind = kindCalled(said);
  return kind === undefined ? [] : others.filter(step => step.kind === kind);
}

/** A session by its name; failing that, those that have the word among the words of their names. */
function sessionsOf(words: string, self: Step | undefined, steps: readonly Step[]): Step[] {
  const said = words.trim().toLowerCase();
  const others = steps.filter(step => step !== self);
  const exact = others.filter(({ session, id }) => session.toLowerCase() === said || id.toLowerCase() === said);
  // A session that has several tasks is done with the last of them before this one.
  if (exact.length > 0) return exact.slice(-1);
  return others.filter(({ session }) => session.toLowerCase().split(/[._-]/).includes(said));
}
