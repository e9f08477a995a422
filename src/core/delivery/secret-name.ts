import type { HashOf } from '../ports.ts';

/** Under which name the editor keeps a secret: another folder's environment of the same name has its own. */
export const deploySecret = (hashOf: HashOf, workspace: string, environment: string, name: string): string =>
  `environment/${hashOf(new TextEncoder().encode(workspace)).slice(0, 16)}/${environment}/${name}`;
