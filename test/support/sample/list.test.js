import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, format } from './list.js';

test('an added item is open', () => {
  assert.equal(format(add([], 'buy milk')), '[ ] buy milk');
});
