import * as vscode from 'vscode';
import type { Hunk } from '../../core/changes/hunks.ts';

const { t } = vscode.l10n;

export const filesAnd = (files: number, hunks: number): string => {
  const inFiles = files === 1 ? t('1 file') : t('{0} files', files);
  return `${inFiles}, ${changesOf(hunks)}`;
};

export const changesOf = (hunks: number): string => (hunks === 1 ? t('1 change') : t('{0} changes', hunks));

/** `3 files, 5 changes wait for review` */
export const waiting = (files: number, hunks: number): string =>
  hunks === 1 ? t('1 file, 1 change waits for review') : t('{0} wait for review', filesAnd(files, hunks));

/** Where a hunk stands, as people count lines. */
export function placeOf({ current, kind }: Hunk): string {
  if (kind.startsWith('file-')) return '';
  if (current.count <= 1) return t('line {0}', current.start + 1);
  return t('lines {0}-{1}', current.start + 1, current.start + current.count);
}

export function kindOf(hunk: Hunk): string {
  switch (hunk.kind) {
    case 'added':
      return hunk.current.count === 1 ? t('1 line added') : t('{0} lines added', hunk.current.count);
    case 'removed':
      return hunk.base.count === 1 ? t('1 line removed') : t('{0} lines removed', hunk.base.count);
    case 'changed':
      return hunk.base.count === 1
        ? t('1 line became {0}', hunk.current.count)
        : t('{0} lines became {1}', hunk.base.count, hunk.current.count);
    case 'file-created':
      return t('file created');
    case 'file-deleted':
      return t('file deleted');
    case 'file-content':
      return t('content replaced');
  }
}
