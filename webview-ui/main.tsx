import './no-eval.ts';
import '@vscode/codicons/dist/codicon.css';
import './dashboard.css';
import { render } from 'preact';
import { App, failure } from './app.tsx';
import { hear } from './hear.ts';
import { recall, tell } from './host.ts';
import { live } from './page.ts';

/** The host answers at once; one that does not is not there any more. */
const PATIENCE_MS = 10_000;

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const silence = setTimeout(() => {
  failure.value ??= 'silent';
}, PATIENCE_MS);

let begun = false;
hear(
  () => {
    if (begun) return;
    begun = true;
    render(<App />, root);
    live();
  },
  () => clearTimeout(silence),
);
const { session, watch } = recall();
tell({ type: 'ready', ...(session !== undefined && { session }), ...(watch !== undefined && { watch }) });
