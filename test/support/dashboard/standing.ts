import { initialStation } from '../../../src/core/station/initial.ts';
import { reduceStation } from '../../../src/core/station/reduce.ts';
import type { TeamSource } from '../../../src/dashboard/sessions.ts';
import { StationEvent } from '../../../src/protocol/station.ts';

const MINUTE = 60_000;
const members = [
  { name: 'codex', role: 'backend-specialist', pool: 'codex' },
  { name: 'codex2', role: 'frontend-specialist', pool: 'codex' },
  { name: 'codex3', role: 'data-specialist', pool: 'codex' },
  { name: 'comet', role: 'ui-tester', pool: 'comet' },
  { name: 'edu_dev_with_a_name_that_is_rather_long', role: 'qa-specialist', pool: 'comet' },
  { name: 'arch_qa', role: 'reviewer', pool: 'claude' },
  { name: 'arch_prod', role: 'reviewer', pool: 'claude' },
];

const added = (item: string, text: string, more: object = {}) => ({
  type: 'item-added',
  item,
  text,
  priority: 5,
  needs: [],
  by: 'user',
  cause: item,
  ...more,
});

/** A team in the middle of its work, at that time: of each standing somebody. */
export function standingTeam(now: number): Pick<TeamSource, 'state'> {
  const state = initialStation();
  let at = now - 40 * MINUTE;
  const tell = (event: object, after = 0) => {
    at += after;
    reduceStation(state, { ...StationEvent.parse(event), v: 1, seq: state.seq + 1, at });
  };
  tell({ type: 'station-started', pid: 1, host: 'terminal', version: '0', members });
  const begin = (item: string, run: string, member: string, text: string) => {
    tell(added(item, text, { target: member, deliver: true }));
    tell({ type: 'run-started', run, item, session: run === 'r2' ? 'story' : `session-${run}`, members: [member] });
  };
  begin('q1', 'r1', 'codex', 'Count the pages');
  tell({ type: 'run-ended', run: 'r1', outcome: 'completed', reason: 'done', ms: 1, cost: 120_000_000 }, 12 * MINUTE);
  begin('q2', 'r2', 'codex', 'Implement reading app progress tracking, for Eden and everybody else who reads');
  begin('q3', 'r3', 'comet', 'Test reading app UI for Eden user - find all bugs');
  tell({
    type: 'run-waits',
    run: 'r3',
    asks: [{ ask: 'a', agent: 'comet-1', kind: 'question', what: 'May the browser be opened?' }],
  });
  begin('q4', 'r4', 'codex2', 'Create UI');
  tell({ type: 'run-health', run: 'r4', state: 'silent', text: 'nothing has happened in it for 16 min' });
  begin('q5', 'r5', 'arch_qa', 'Review');
  tell({ type: 'run-health', run: 'r5', state: 'out-of-money', text: 'its budget of $5.00 is spent' });
  tell({ type: 'member-paused', member: 'codex3', paused: true });
  tell({ type: 'member-parked', member: 'arch_prod', reason: 'anthropic does not answer', until: now + 20 * MINUTE });
  for (const [i, text] of ['Review and deploy reading app fixes', 'Tidy up', 'Write the handbook'].entries())
    tell(added(`q${6 + i}`, text, { target: 'codex', deliver: true }));
  tell(added('q9', 'Later', { held: true }));
  return { state };
}
