/** Under which name the editor keeps a secret of an environment. */
export const deploySecret = (name: string): string => `environment/${name}`;
