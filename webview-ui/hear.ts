import { failure } from './app.tsx';
import { listen, tell } from './host.ts';
import { setTexts } from './l10n.ts';
import { answered, fetched, model } from './page.ts';

/** Takes what the dashboard is told; `begin` is called when its texts are known. */
export function hear(begin: () => void, heard: () => void = () => undefined): void {
  listen(message => {
    heard();
    failure.value = undefined;
    switch (message.type) {
      case 'texts':
        setTexts(message.texts);
        begin();
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
}
