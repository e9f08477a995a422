import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { isImageName } from '../../core/agent/tools/images.ts';
import { mention } from '../../core/mentions.ts';
import { mentionOf } from './images.ts';

const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** What names the images of a paste or a drop in a text; undefined where there is none. */
export async function givenImages(data: vscode.DataTransfer, folder: string): Promise<string | undefined> {
  const listed = (await data.get('text/uri-list')?.asString()) ?? '';
  const files = listed.split(/\r?\n/).flatMap(line => {
    const uri = /^[a-z][\w+.-]*:/i.test(line) ? vscode.Uri.parse(line) : undefined;
    return uri?.scheme === 'file' && isImageName(uri.path) ? [mentionOf(uri)] : [];
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
