/** What holds where nobody said otherwise. */
export const DELIVERY = {
  approval: 'person',
  batch: 8,
  trees: 4,
  checkSeconds: 900,
  healthSeconds: 60,
  commandSeconds: 900,
} as const;
