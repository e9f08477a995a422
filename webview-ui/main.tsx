import { render } from 'preact';
import type { Snapshot } from '../src/protocol/dashboard.ts';
import { App } from './app.tsx';
import './dashboard.css';
import { listen, tell } from './host.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const show = (snapshot: Snapshot | undefined) => render(<App snapshot={snapshot} />, root);

show(undefined);
listen(message => {
  show(message);
  tell({ type: 'shown', revision: message.revision });
});
tell({ type: 'ready' });
