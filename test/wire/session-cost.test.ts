import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sideBySide } from '../support/side-by-side.ts';
import { sixTasks, sixTasksModel, type Temper, writeShop } from '../support/six-tasks.ts';
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

/** At least so much less than before. One that reads every file whole, whatever it is shown, saves only what fixes cost. */
const LESS: Record<Temper, number> = { trusting: 0.25, wary: 0.25, thorough: 0 };

async function session(temper: Temper): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
  try {
    const config = { permissions: { commands: { allow: ['node *'] } } };
    const { workspace, run, events, servers } = await terminalLab(folder, sixTasksModel(temper), { config });
    await writeShop(workspace);
    await writeFile(join(folder, 'plan.yaml'), stringify(sixTasks()));
    assert.equal(
      await codeOf(run(process.execPath, [program, 'run', '--workflow', join(folder, 'plan.yaml'), '--yes'])),
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
    console.log(
      `      before: ${told(BEFORE)}\n      ${temper}: ${told(bill)}, ${Math.round((1 - share) * 100)} % less`,
    );
    assert.ok(share <= 1 - LESS[temper], `${Math.round(share * 100)} % of before`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const KINDS: Record<Temper, string> = {
  trusting: 'is at least a quarter less where models believe what they are told of work before theirs',
  wary: 'is at least a quarter less where models believe no words, but what they see in differences and files',
  thorough: 'is no more where models read every file whole, whatever they are shown',
};

describe('what a session of six tasks costs, with four reviews and three fixes, at the prices of a Sonnet', function () {
  this.timeout(120_000);
  after(endServers);
  sideBySide(
    2,
    (Object.keys(KINDS) as Temper[]).map(temper => ({ title: KINDS[temper], run: () => session(temper) })),
  );
});
