const SHOWN = 20;

/** Names for the model, or for people: the first of them, and how many more there are. */
export const listed = (paths: readonly string[]) =>
  paths
    .slice(0, SHOWN)
    .map(path => `"${path}"`)
    .join(', ') + (paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '');
