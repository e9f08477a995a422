import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progress } from './feature-x.js';

test('half of a book is 50 percent', () => assert.equal(progress(50, 100), 50));
test('nobody reads more than all of it', () => assert.equal(progress(120, 100), 100));
