/** The agent that leads, in the journal. */
export const LEAD = 'lead';
