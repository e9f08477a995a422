import type { ModelRef } from '../../protocol/ids.ts';

const SUFFIX = '-cli';

/** Whose account a CLI agent's spending counts against, and under which its calls are shown. */
export const workerProvider = (worker: string): string => `${worker}${SUFFIX}`;
export const isWorkerProvider = (provider: string): boolean => provider.endsWith(SUFFIX);

/** What stands for a CLI agent where models stand: which model it uses is its own affair, and told where it tells. */
export function workerModel(worker: string, model?: string): ModelRef {
  const told = model?.trim().replaceAll(/\s+/g, '-');
  return `${workerProvider(worker)}/${worker}(CLI)${told ? `:${told}` : ''}`;
}
