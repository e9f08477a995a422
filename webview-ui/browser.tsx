import './no-eval.ts';
import '@vscode/codicons/dist/codicon.css';
import './browser/theme.css';
import './dashboard.css';
import './transcript.css';
import './browser/browser.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { noticeAsks, permission } from './browser/notices.ts';
import { route } from './browser/route.ts';
import { Shell } from './browser/shell.tsx';
import { signIn, visitor } from './browser/signed-in.ts';
import { ServerTransport } from './browser/transport.ts';
import { hear } from './hear.ts';
import { connectBy } from './host.ts';
import { live } from './page.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const transport = new ServerTransport();
connectBy(transport);
let begun = false;
hear(() => {
  if (begun) return;
  begun = true;
  live();
});

/** What styles ask for by a class, as VS Code sets it. */
function followContrast(): void {
  const more = matchMedia('(prefers-contrast: more), (forced-colors: active)');
  const set = () => document.body.classList.toggle('vscode-high-contrast', more.matches);
  more.addEventListener('change', set);
  set();
}

followContrast();
noticeAsks(() => transport.workspace);
render(<Shell />, root);
await signIn();
effect(() => {
  const shown = route.value;
  if (visitor.value === 'nobody' || visitor.value === undefined) return;
  if ('workspace' in shown) transport.open(shown.workspace);
  // Of questions it is told on every page.
  else if (permission.value === 'granted') void transport.openAny();
  if ('session' in shown) transport.choose(shown.session);
});
