import type { ErrorClass } from '../../src/protocol/message.ts';
import { l10n } from '../l10n.ts';

const words: Record<ErrorClass | 'aborted', () => string> = {
  retryable: () => l10n.t('the server did not answer properly'),
  'rate-limit': () => l10n.t('the rate limit is reached'),
  quota: () => l10n.t('the account has no credit'),
  auth: () => l10n.t('the key was refused'),
  'model-missing': () => l10n.t('the model is not available'),
  'context-overflow': () => l10n.t('the conversation is too long for the model'),
  'content-filter': () => l10n.t('the vendor filtered the content'),
  'replay-invalid': () => l10n.t('the vendor did not take its own earlier answer'),
  malformed: () => l10n.t('the answer was broken'),
  truncated: () => l10n.t('the answer was cut off'),
  fatal: () => l10n.t('the request was refused'),
  aborted: () => l10n.t('the call was ended'),
};

/** What went wrong with an answer, in a few words. */
export const errorWord = (error: string): string =>
  Object.hasOwn(words, error) ? words[error as ErrorClass]() : error;
