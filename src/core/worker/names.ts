import type { ModelRef } from '../../protocol/ids.ts';

/** Whose account a CLI agent's spending counts against, and under which its calls are shown. */
export const workerProvider = (worker: string): string => `${worker}-cli`;

/** What stands for a CLI agent where models stand: which model it uses is its own affair, and told where it tells. */
export function workerModel(worker: string, model?: string): ModelRef {
  const told = model?.trim().replaceAll(/\s+/g, '-');
  return `${workerProvider(worker)}/${worker}(CLI)${told ? `:${told}` : ''}`;
}
