import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { mention } from '../../core/mentions.ts';
import { mentionOf } from './images.ts';

const { t } = vscode.l10n;
const kind = vscode.DocumentDropOrPasteEditKind.Empty.append('orchestrate', 'image');
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const IMAGE = /\.(png|jpe?g|gif|webp)$/i;
const URIS = 'text/uri-list';

/** Images that are pasted or dropped into a goal: files are named where they lie, others are put into this folder first. */
export function pasteImages(scheme: string, folder: string): vscode.Disposable {
  const title = t('Attach the Image');
  const pasting: vscode.DocumentPasteEditProvider = {
    async provideDocumentPasteEdits(_document, _ranges, data) {
      const text = await named(data, folder);
      return text === undefined ? [] : [new vscode.DocumentPasteEdit(text, title, kind)];
    },
  };
  const dropping: vscode.DocumentDropEditProvider = {
    async provideDocumentDropEdits(_document, _position, data) {
      const text = await named(data, folder);
      return text === undefined ? undefined : new vscode.DocumentDropEdit(text, title, kind);
    },
  };
  const types = [...Object.keys(ENDINGS), URIS, 'files'];
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerDocumentPasteEditProvider({ scheme }, pasting, {
      providedPasteEditKinds: [kind],
      pasteMimeTypes: types,
    }),
    languages.registerDocumentDropEditProvider({ scheme }, dropping, {
      providedDropEditKinds: [kind],
      dropMimeTypes: types,
    }),
  );
}

/** What names them in the text; undefined where there is none. */
async function named(data: vscode.DataTransfer, folder: string): Promise<string | undefined> {
  const listed = (await data.get(URIS)?.asString()) ?? '';
  const files = listed.split(/\r?\n/).flatMap(line => {
    const uri = /^[a-z][\w+.-]*:/i.test(line) ? vscode.Uri.parse(line) : undefined;
    return uri?.scheme === 'file' && IMAGE.test(uri.path) ? [mentionOf(uri)] : [];
  });
  if (files.length > 0) return `${files.join(' ')} `;
  const put: string[] = [];
  for (const [mime, item] of data) {
    const file = item.asFile();
    const ending = ENDINGS[mime];
    if (!file || ending === undefined) continue;
    await mkdir(folder, { recursive: true });
    const path = join(folder, `pasted-${Date.now().toString(36)}${put.length === 0 ? '' : `-${put.length}`}.${ending}`);
    await writeFile(path, await file.data());
    put.push(mention(path));
  }
  return put.length === 0 ? undefined : `${put.join(' ')} `;
}
