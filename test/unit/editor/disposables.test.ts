import assert from 'node:assert/strict';
import { DisposableStore } from '../../../src/editor/disposables.ts';

const noting = (log: string[], name: string) => ({ dispose: () => void log.push(name) });

describe('a disposable store', () => {
  it('disposes what it owns, last in, first out', () => {
    const log: string[] = [];
    const store = new DisposableStore();
    for (const name of ['a', 'b', 'c']) store.add(noting(log, name));
    store.dispose();
    assert.deepEqual(log, ['c', 'b', 'a']);
  });

  it('disposes at once what is added too late', () => {
    const log: string[] = [];
    const store = new DisposableStore();
    store.dispose();
    store.add(noting(log, 'late'));
    assert.deepEqual(log, ['late']);
  });

  it('disposes nothing twice', () => {
    const log: string[] = [];
    const store = new DisposableStore();
    store.add(noting(log, 'a'));
    store.dispose();
    store.dispose();
    assert.deepEqual(log, ['a']);
  });

  it('lets go of the rest when one of them fails, and tells the failure', () => {
    const log: string[] = [];
    const store = new DisposableStore();
    store.add(noting(log, 'a'));
    store.add({
      dispose() {
        throw new Error('stuck');
      },
    });
    store.add(noting(log, 'c'));
    assert.throws(() => store.dispose(), /stuck/);
    assert.deepEqual(log, ['c', 'a']);
  });
});
