import './no-eval.ts';
import '@vscode/codicons/dist/codicon.css';
import './transcript.css';
import { render } from 'preact';
import { type FromTranscript, ToTranscript } from '../src/protocol/transcript.ts';
import { setTexts } from './l10n.ts';
import { shownTranscript, TranscriptView } from './views/transcript.tsx';

declare function acquireVsCodeApi(): { postMessage(message: FromTranscript): void };
const api = acquireVsCodeApi();

window.addEventListener('message', event => {
  const message = ToTranscript.safeParse(event.data);
  if (!message.success) console.error('message of unknown form', message.error);
  else if (message.data.type === 'texts') setTexts(message.data.texts);
  else shownTranscript.value = message.data;
});
const root = document.getElementById('root');
if (root) render(<TranscriptView onFile={path => api.postMessage({ type: 'open-file', path })} />, root);
api.postMessage({ type: 'ready' });
