import './no-eval.ts';
import '@vscode/codicons/dist/codicon.css';
import './plan.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { listen, tell } from './host.ts';
import { l10n, setTexts } from './l10n.ts';
import { chosenTask, model } from './page.ts';
import { Graph } from './views/graph.tsx';

/** The plan as it stands in the editor beside: what waits for what. */
function App() {
  const count = model.tables.tasks.ids.value.length;
  return (
    <main>
      <h1 class="hidden">{l10n.t('The plan as a graph')}</h1>
      {count > 0 && <Graph />}
    </main>
  );
}

listen(message => {
  if (message.type === 'texts') {
    setTexts(message.texts);
    const root = document.getElementById('root');
    if (root) render(<App />, root);
  }
  if (message.type === 'update') model.take(message, Date.now());
});
effect(() => {
  const task = chosenTask.value;
  if (task !== undefined) tell({ type: 'reveal-task', task });
});
tell({ type: 'ready' });
