import * as vscode from 'vscode';

const { t } = vscode.l10n;
const kind = vscode.DocumentDropOrPasteEditKind.Empty.append('orchestrate', 'image');
const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/uri-list', 'files'];

/** Images that are pasted or dropped into a goal: files are named where they lie, others are put into this folder first. */
export function pasteImages(scheme: string, folder: string): vscode.Disposable[] {
  const title = t('Attach the Image');
  const named = async (data: vscode.DataTransfer) => (await import('./given-images.ts')).givenImages(data, folder);
  const pasting: vscode.DocumentPasteEditProvider = {
    async provideDocumentPasteEdits(_document, _ranges, data) {
      const text = await named(data);
      return text === undefined ? [] : [new vscode.DocumentPasteEdit(text, title, kind)];
    },
  };
  const dropping: vscode.DocumentDropEditProvider = {
    async provideDocumentDropEdits(_document, _position, data) {
      const text = await named(data);
      return text === undefined ? undefined : new vscode.DocumentDropEdit(text, title, kind);
    },
  };
  const { languages } = vscode;
  return [
    languages.registerDocumentPasteEditProvider({ scheme }, pasting, {
      providedPasteEditKinds: [kind],
      pasteMimeTypes: TYPES,
    }),
    languages.registerDocumentDropEditProvider({ scheme }, dropping, {
      providedDropEditKinds: [kind],
      dropMimeTypes: TYPES,
    }),
  ];
}
