import { render } from 'preact';
import { App } from './app.tsx';
import './dashboard.css';
import { listen, recall, tell } from './host.ts';
import { Model } from './model/model.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const model = new Model();
render(<App model={model} />, root);
listen(message => {
  if (message.type !== 'update') return;
  model.take(message, Date.now());
  requestAnimationFrame(() => tell({ type: 'drawn', revision: message.revision }));
});
tell({ type: 'ready', ...recall() });
