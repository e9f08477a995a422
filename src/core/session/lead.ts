import type { EventOf } from '../../protocol/events.ts';

/** The agent that leads, in the journal. */
export const LEAD = 'lead';

/** What a turn of the lead came to, for people: what it did, and why. */
export function leadText({ did, text }: Pick<EventOf<'lead-acted'>, 'did' | 'text'>): string {
  if (did.length === 0) return text;
  return `${did.map(one => one.replace(/[.\s]+$/, '')).join('; ')}. ${text}`;
}
