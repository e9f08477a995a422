import { StoreError, type StoreFailure } from './store.ts';

const WHY: Record<StoreFailure, string> = {
  full: 'no room is left on the disk',
  missing: 'the session’s folder is gone',
  'read-only': 'the session’s folder cannot be written',
  'lost-lock': 'another process took the session over',
  failed: 'the session can no longer be kept',
};

/** Why a session cannot be kept any more, in words for people: what it means, which file, and what the system said. */
export function whyUnkept(error: unknown): string {
  if (!(error instanceof StoreError)) return WHY.failed;
  return `${WHY[error.reason]} (${error.message})`;
}
