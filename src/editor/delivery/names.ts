/** The commands of the Delivery view, each below `orchestrate.delivery`. */
export const DELIVERY_COMMANDS = [
  'deliver',
  'land',
  'approve',
  'hold',
  'retry',
  'fastForward',
  'push',
  'openPullRequest',
  'cleanUp',
  'deploy',
  'showChanges',
  'reviewBranch',
  'reviewWorkspace',
] as const;

export type DeliveryCommand = (typeof DELIVERY_COMMANDS)[number];
