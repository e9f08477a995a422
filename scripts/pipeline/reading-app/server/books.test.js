import assert from 'node:assert/strict';
import { test } from 'node:test';
import { books } from './books.js';

test('every book has pages', () => assert.ok(books.every(({ pages }) => pages > 0)));
