import type { Finding, SessionState } from './state.ts';

/** Whether the file that a finding is about has changed since; never where it names none. */
export const changedSince = ({ files }: SessionState, { path, content }: Finding): boolean =>
  path !== undefined && files.get(path)?.content !== content;

/**
 * Whether a later reviewer's silence tells that it was mended: what had to be, and what somebody may have mended along the
 * way. A note asks nobody to do anything, so it stays one.
 */
export function endsInSilence(state: SessionState, finding: Finding): boolean {
  switch (finding.severity) {
    case 'blocker':
    case 'major':
      return true;
    case 'minor':
      return changedSince(state, finding);
    case 'note':
      return false;
  }
}
