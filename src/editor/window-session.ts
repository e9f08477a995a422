import { FollowedSession } from '../dashboard/followed-session.ts';
import type { ReviewedSession } from '../runtime/contract.ts';

/** A session as this window sees it. */
export class WindowSession extends FollowedSession {
  /** While this window reviews what it left. */
  stored: ReviewedSession | undefined;
}
