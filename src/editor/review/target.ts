import type { Selector, Views } from '../../core/changes/decisions.ts';
import type { RelPath } from '../../protocol/ids.ts';
import type { ReviewSession } from './session.ts';

/** What a decision is about, as it was when it was shown. */
export interface Target {
  session: ReviewSession;
  selector: Selector;
  views: Views;
}

/** A hunk as a button of it names it. */
export interface HunkTarget {
  /** The session's id. */
  session: string;
  path: RelPath;
  hunk: string;
  view: string;
}

/** Menus pass whatever they are about: only what a hunk's own button passes is one. */
export const isHunkTarget = (about: unknown): about is HunkTarget =>
  typeof about === 'object' &&
  about !== null &&
  ['session', 'path', 'hunk', 'view'].every(key => typeof (about as Record<string, unknown>)[key] === 'string');
