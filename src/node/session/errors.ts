import { StoreError, type StoreFailure } from '../../core/session/store.ts';

const reasons: Record<string, StoreFailure> = {
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ESTALE: 'missing',
};

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The error of a system call as the store's own kind, which says what it means for the session. */
export function storeError(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const reason = (code !== undefined && reasons[code]) || 'failed';
  return new StoreError(reason, `${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** For calls where absence is an answer. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
