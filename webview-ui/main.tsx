import '@vscode/codicons/dist/codicon.css';
import './dashboard.css';
import { render } from 'preact';
import { App, failure } from './app.tsx';
import { listen, recall, tell } from './host.ts';
import { setTexts } from './l10n.ts';
import { answered, fetched, live, model } from './page.ts';

/** The host answers at once; one that does not is not there any more. */
const PATIENCE_MS = 10_000;

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const silence = setTimeout(() => {
  failure.value ??= 'silent';
}, PATIENCE_MS);

let begun = false;
function begin(into: HTMLElement): void {
  if (begun) return;
  begun = true;
  render(<App />, into);
  live();
}

listen(message => {
  clearTimeout(silence);
  failure.value = undefined;
  switch (message.type) {
    case 'texts':
      setTexts(message.texts);
      begin(root);
      break;
    case 'update':
      model.take(message, Date.now());
      // In a window that is not seen no frame comes, and the host slows down by itself.
      requestAnimationFrame(() => tell({ type: 'drawn', revision: message.revision }));
      break;
    case 'answer':
      answered(message.request, message.ok, message.message);
      break;
    case 'fetched':
      fetched(message.request, message.ok, message.text, message.omitted);
      break;
    case 'failed':
      failure.value = message.message;
      break;
  }
});
const { session, watch } = recall();
tell({ type: 'ready', ...(session !== undefined && { session }), ...(watch !== undefined && { watch }) });
