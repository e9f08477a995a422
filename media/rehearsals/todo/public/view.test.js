import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, inOrder } from './view.js';

const todo = (id, done, createdAt) => ({ id, title: id, done, createdAt });

test('says how many are left', () => {
  assert.equal(countText([]), 'Nothing to do.');
  assert.equal(countText([todo('a', true, '1')]), 'All done.');
  assert.equal(countText([todo('a', true, '1'), todo('b', false, '2')]), '1 of 2 left');
});

test('puts open todos first and leaves the list it was given alone', () => {
  const todos = [todo('a', true, '1'), todo('c', false, '3'), todo('b', false, '2')];
  assert.deepEqual(
    inOrder(todos).map(each => each.id),
    ['b', 'c', 'a'],
  );
  assert.equal(todos[0].id, 'a');
});
