import { dirname, join, resolve } from 'node:path';

/** The folder that holds package.json. */
export const root = resolve(dirname(import.meta.filename), '../..');

/** Where hosts and browsers are kept between runs; several checkouts may share one. */
export function cacheFolder(): string {
  const chosen = process.env.ORCHESTRATE_HOST_CACHE;
  return chosen ? resolve(chosen) : join(root, '.vscode-test', 'web');
}

/** The seconds that each suite took in the last `npm test`, by its name. */
export const suiteTimes = join(root, 'out', 'suite-times.json');
