import assert from 'node:assert/strict';
import { toldChecks } from '../../../src/core/session/told-checks.ts';
import type { StoodOn } from '../../../src/protocol/stood-on.ts';
import { planOf } from '../../support/plans.ts';
import { TeamWorld } from '../../support/team-world.ts';

const plan = planOf([{ kind: 'check', id: 'unit', checks: [{ run: 'npm test' }, { run: 'npm run lint' }] }]);
const dirty: StoodOn = { commit: 'a'.repeat(40), changed: { count: 1, files: ['report.xml'] } };

/** `npm test` says these one after the other; the last one again and again. */
async function played(says: boolean[], standing = true) {
  const ran: string[] = [];
  const world = new TeamWorld({
    plan,
    ...(standing && { ports: { stoodOn: { files: async () => dirty, commit: async () => dirty.commit } } }),
    commands: line => {
      const ok = line !== 'npm test' || says[Math.min(ran.filter(each => each === line).length, says.length - 1)];
      ran.push(line);
      return ok ? {} : { exit: 1 };
    },
  });
  const { outcome } = await world.run();
  const told = toldChecks(world.journal.state).map(({ ok, unsteady, on }) => [ok, unsteady, on]);
  return { outcome, ran, told, note: world.journal.state.tasks.get('unit')?.note };
}

describe('a check that fails in a standing team, where nobody has built anything', () => {
  it('is run once more, and is not steady where it then passes, whatever lies about', async () => {
    assert.deepEqual(await played([false, true]), {
      outcome: 'completed',
      ran: ['npm test', 'npm run lint', 'npm test'],
      told: [
        [true, true, dirty],
        [true, undefined, dirty],
      ],
      note: '2 checks passed, npm test only when run again',
    });
  });

  it('fails where it fails again', async () => {
    const { outcome, ran, told } = await played([false, false, true]);
    assert.equal(outcome, 'failed');
    assert.deepEqual(ran, ['npm test', 'npm run lint', 'npm test']);
    assert.deepEqual(told[0], [false, undefined, dirty]);
  });

  it('is run once elsewhere', async () => {
    const { outcome, ran } = await played([false, true], false);
    assert.deepEqual([outcome, ran], ['failed', ['npm test', 'npm run lint']]);
  });
});
