import * as vscode from 'vscode';
import type { Knowing } from './meant.ts';

/** `@orchestrate` in the chat view; what it answers is loaded when it is first asked. */
export function chatParticipant(knowing: Knowing, extension: vscode.Uri): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(
    'orchestrate.chat',
    async (request, _context, stream, token) => {
      const { answer } = await import('./answers.ts');
      await answer(knowing, request, stream, token);
    },
  );
  participant.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
  return participant;
}
