import assert from 'node:assert/strict';
import type { Runtime } from '../../../src/runtime/contract.ts';
import { tellChanges } from '../../../src/server/tell-changes.ts';
import { Workspace } from '../../../src/server/workspace.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

type Told = (event: { seq: number; type: string }) => void;

describe('A page, of the standing team and of deliveries', () => {
  const clock = new FakeClock();
  let told: Told;
  /** Breaks what follows. */
  let breaks: (error: Error) => void;
  let follows: number;
  let logged: string[];
  let said: string[];
  let origin: string;
  let close: () => void;
  let workspace: Workspace;
  const stream = {
    closed: false,
    write: (text: Buffer | string) => void said.push(String(text).split('\n')[1] ?? ''),
    onClose: (done: () => void) => {
      close = done;
    },
  };

  beforeEach(() => {
    [follows, logged, said, origin] = [0, [], [], 'own'];
    const broken = () => {
      const { promise, reject } = Promise.withResolvers<void>();
      breaks = reject;
      follows++;
      return promise;
    };
    const log = { write: (_: string, text: string) => void logged.push(text) };
    const runtime = {
      station: {
        follow: async (listener: Told) => {
          told = listener;
          // As the runtime has it: what breaks is over.
          return { seq: 7, origin, over: broken().catch(() => undefined) };
        },
      },
      deliveries: async () => ({
        state: async () => ({ seq: 7 }),
        async *follow() {
          yield await broken();
        },
      }),
    } as unknown as Runtime;
    const sessions = { sessions: [], onChange: () => ({ dispose() {} }) };
    workspace = new Workspace({ runtime, log, sessions } as never);
  });
  afterEach(async () => {
    close?.();
    await workspace.dispose();
    assert.equal(clock.pending, 0);
  });

  it('is told once of changes that come together', async () => {
    await tellChanges(workspace, 'team', stream, clock);
    assert.deepEqual(said, ['data: {"seq":7}']);
    for (const seq of [8, 9, 10]) told({ seq, type: 'any' });
    await clock.advance(1000);
    assert.deepEqual(said.slice(1), ['data: {"seq":10}']);
    told({ seq: 11, type: 'any' });
    await clock.advance(1000);
    assert.deepEqual(said.slice(2), ['data: {"seq":11}']);
  });

  for (const what of ['team', 'deliveries'] as const)
    it(`is told again of the ${what} after their journal could not be followed for a while`, async () => {
      await tellChanges(workspace, what, stream, clock);
      const first = await workspace.standing(what);
      breaks(new Error('torn away'));
      await settle();
      assert.notEqual(await workspace.standing(what), first, 'whoever comes now reads anew');
      assert.equal(follows, 2);
      await clock.advance(10_000);
      assert.deepEqual(said, ['data: {"seq":7}', 'data: {"seq":7}']);
      assert.deepEqual(logged, what === 'deliveries' ? ['the deliveries can no longer be followed'] : []);
    });

  it('is not told of a team from elsewhere, until it is the user’s', async () => {
    origin = 'unsealed';
    await tellChanges(workspace, 'team', stream, clock);
    assert.deepEqual(said, []);
    origin = 'own';
    await tellChanges(workspace, 'team', stream, clock);
    assert.equal(said.length, 1);
  });
});
