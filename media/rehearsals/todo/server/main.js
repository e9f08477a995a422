import { createApp } from './app.js';
import { openStore } from './store.js';

const app = createApp(openStore(process.env.TODO_FILE ?? 'todos.json'));
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`Todo list on http://127.0.0.1:${app.address().port}`);
});
