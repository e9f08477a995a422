import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sixTasks, sixTasksModel, writeShop } from '../support/six-tasks.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

type Bill = Record<'input' | 'cacheRead' | 'cacheWrite' | 'output', number>;

/** Dollars for a million tokens, as the price table has them for claude-sonnet-5-5. */
const PRICE: Bill = { input: 2, cacheRead: 0.1, cacheWrite: 2.5, output: 10 };
const dollars = (bill: Bill) =>
  (Object.keys(PRICE) as (keyof Bill)[]).reduce((sum, key) => sum + (bill[key] * PRICE[key]) / 1e6, 0);

/**
 * The same session, files and model at commit 5a100b9, of 2026-11-28 08:12: each fix was a new agent, reviewers had to
 * read what was written, and no task was told what those before it had done.
 */
const BEFORE: Bill = { input: 0, cacheRead: 246_917, cacheWrite: 61_813, output: 3639 };

describe('what a session of six tasks costs, with four reviews and three fixes', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  it('is at least a quarter less than before tasks were handed what is known, at the prices of a Sonnet', async () => {
    const config = { permissions: { commands: { allow: ['node *'] } } };
    const { workspace, run, events, servers } = await terminalLab(temp.path, sixTasksModel, { config });
    await writeShop(workspace);
    await writeFile(join(temp.path, 'plan.yaml'), stringify(sixTasks()));
    assert.equal(
      await codeOf(run(process.execPath, [program, 'run', '--workflow', join(temp.path, 'plan.yaml'), '--yes'])),
      0,
    );
    const rounds = (await events()).flatMap(event => (event.type === 'round-started' ? [event.kind] : []));
    const count = (kind: string) => rounds.filter(each => each === kind).length;
    assert.deepEqual([count('implement'), count('review'), count('fix')], [6, 4, 3]);
    const bill: Bill = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };
    for (const { usage } of servers.requests)
      for (const key of Object.keys(bill) as (keyof Bill)[]) bill[key] += usage?.[key] ?? 0;
    const share = dollars(bill) / dollars(BEFORE);
    const told = (of: Bill) =>
      `${Object.entries(of)
        .map(([key, tokens]) => `${key} ${tokens}`)
        .join(', ')}: $${dollars(of).toFixed(4)}`;
    console.log(`      before: ${told(BEFORE)}\n      now:    ${told(bill)}, ${Math.round((1 - share) * 100)} % less`);
    assert.ok(share <= 0.75, `${Math.round(share * 100)} % of before`);
  });
});
