import { countText, inOrder } from './view.js';

const list = document.querySelector('#list');
const count = document.querySelector('#count');
const message = document.querySelector('#message');
const form = document.querySelector('#new');

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error(answer?.error ?? `The server answered ${response.status}.`);
  return answer;
}

/** Runs something the user asked for, then shows what the server has; a failure is said, not swallowed. */
async function act(work) {
  try {
    message.textContent = '';
    await work?.();
    show((await call('GET', '/api/todos')).todos);
  } catch (error) {
    message.textContent = error.message;
  }
}

function row(todo) {
  const item = document.createElement('li');
  item.className = todo.done ? 'done' : '';
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: todo.done });
  box.setAttribute('aria-label', `Done: ${todo.title}`);
  box.addEventListener('change', () => act(() => call('PATCH', `/api/todos/${todo.id}`, { done: box.checked })));
  const title = Object.assign(document.createElement('span'), { textContent: todo.title });
  const remove = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Remove' });
  remove.setAttribute('aria-label', `Remove ${todo.title}`);
  remove.addEventListener('click', () => act(() => call('DELETE', `/api/todos/${todo.id}`)));
  item.append(box, title, remove);
  return item;
}

function show(todos) {
  list.replaceChildren(...inOrder(todos).map(row));
  count.textContent = countText(todos);
}

form.addEventListener('submit', event => {
  event.preventDefault();
  act(async () => {
    await call('POST', '/api/todos', { title: form.elements.title.value });
    form.reset();
  });
});

act();
