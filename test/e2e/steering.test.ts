import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { begin, sessionOf, writtenIn } from '../support/steered-session.ts';
import { until } from '../support/until.ts';

const agentRow = (frame: Frame, text: string) =>
  frame.getByRole('treegrid', { name: 'Agents' }).getByRole('row').filter({ hasText: text });

describe('a live session', () => {
  let rehearsed: RehearsedWorkbench;
  before(async () => {
    rehearsed = await RehearsedWorkbench.open({ script: 'steering', size: { width: 1400, height: 1500 } });
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());
  beforeEach(() => rehearsed.turnToFreshFolder());

  it('is steered from the dashboard, and all of it is in the journal', async () => {
    const { workbench, workspace } = rehearsed;
    const { page } = workbench;
    const written = writtenIn(workspace);
    const frame = await begin(rehearsed);

    // One agent: paused, let go on, told something, given another model, and answered.
    await agentRow(frame, 'backend-specialist').click();
    const backend = frame.getByRole('region', { name: 'Write the greeting' });
    await backend.getByRole('button', { name: 'Pause agent' }).click();
    await written('agent-paused', ({ agent, by }) => agent === 'backend-specialist-1' && by === 'user');
    await backend.getByRole('button', { name: 'Continue agent' }).click();
    await written('agent-unpaused', ({ agent }) => agent === 'backend-specialist-1');
    await backend.getByRole('button', { name: 'Nudge agent' }).click();
    await backend.getByLabel('Say to the agent before its next turn').fill('Two words are enough');
    await page.keyboard.press('Enter');
    await backend.getByText('It will be told.').waitFor();
    await backend.getByRole('button', { name: 'Reassign model' }).click();
    await backend.getByLabel('Model, as provider/model').fill('anthropic/claude-sonnet-5-5');
    await backend.getByRole('button', { name: 'Reassign', exact: true }).click();
    await written('agent-reassigned', ({ route }) => route[0] === 'anthropic/claude-sonnet-5-5');

    // What waits, one after the other, in whatever order they came: a question, and two permissions.
    const asks = frame.getByRole('region', { name: 'Waits for you' });
    const turnTo = (text: string) =>
      until(async () => {
        if (await asks.getByText(text).first().isVisible()) return true;
        // It goes with the last but one that waits, which may be just now.
        await asks
          .getByRole('button', { name: 'Next' })
          .click({ timeout: 1000 })
          .catch(() => undefined);
        return false;
      });
    await turnTo('Which language should');
    await asks.getByRole('button', { name: 'Swahili' }).click();
    await written('question-answered', ({ text }) => text === 'Swahili');
    await turnTo('console.log(1)');
    await workbench.screenshot('steering-asks');
    await asks.getByRole('button', { name: 'Allow Once' }).click();
    await written('permission-answered', ({ decision, scope }) => decision === 'allow' && scope === 'once');
    await turnTo('console.log(2)');
    await asks.getByRole('button', { name: 'Deny…' }).click();
    await asks.getByLabel('Why, for the agent').fill('One is enough');
    await asks.getByRole('button', { name: 'Deny', exact: true }).click();
    await written('permission-answered', ({ decision, reason }) => decision === 'deny' && reason === 'One is enough');

    // The other model answers, and has heard what was said.
    await written('call-intent', ({ agent, model }) => agent === 'backend-specialist-1' && /sonnet/.test(model));
    await written('agent-message', event => JSON.stringify(event).includes('Two words are enough'));

    // The session: paused, let go on, given more money.
    await frame.getByRole('button', { name: 'Pause session' }).click();
    await written('session-paused', ({ by }) => by === 'user');
    await frame.getByText('Paused by you').waitFor();
    await frame.getByRole('button', { name: 'Continue session', exact: true }).first().click();
    await written('session-unpaused', ({ by }) => by === 'user');
    await frame.getByRole('button', { name: 'Change the limit' }).click();
    await frame.getByLabel('What the session may cost in all, in US dollars').fill('7.5');
    await page.keyboard.press('Enter');
    await written('budget-changed', ({ scope, limit }) => scope === 'session' && limit === 7_500_000_000);
    await frame.getByText('of $7.50').first().waitFor();

    // The one that talks for long: heard while it talks, then ended.
    await agentRow(frame, 'qa-specialist').click();
    await frame.getByRole('log').getByText('Once there was').waitFor();
    await workbench.screenshot('steering-live');
    const qa = frame.getByRole('region', { name: 'Tell the story' });
    await qa.getByRole('button', { name: 'Abort agent' }).click();
    await qa.getByRole('button', { name: 'Yes' }).click();
    await written('agent-ended', ({ agent, outcome }) => agent === 'qa-specialist-1' && outcome === 'aborted');
    await written('session-ended');
    assert.equal(await readFile(join(workspace, 'greeting.txt'), 'utf8'), 'Habari!\nKaribu.\n');
    await frame
      .getByText(/waits? for your review/)
      .first()
      .waitFor();
    await workbench.screenshot('steering-ended');
  });

  /** The process that runs the session: the extension host. */
  async function ownerOf(workspace: string): Promise<number> {
    const lock = join(await sessionOf(workspace), 'lock');
    const latest = Math.max(...(await readdir(lock)).map(Number));
    return (JSON.parse(await readFile(join(lock, String(latest)), 'utf8')) as { pid: number }).pid;
  }

  const ends: Record<string, (rehearsed: RehearsedWorkbench) => Promise<unknown>> = {
    'the extension host has died': async ({ workspace }) => process.kill(await ownerOf(workspace), 'SIGKILL'),
    'the window was reloaded': ({ workbench }) => workbench.reload(),
  };
  for (const [what, end] of Object.entries(ends)) {
    it(`is on the dashboard again, whole, after ${what}`, async () => {
      const { workbench } = rehearsed;
      const { page } = workbench;
      const before = await begin(rehearsed);
      const rows = await before.getByRole('treegrid', { name: 'Agents' }).getByRole('row').count();
      await before.evaluate('window.old = true');
      await end(rehearsed);
      let frame = before;
      await until(async () => {
        frame = await workbench.dashboard();
        return !(await frame.evaluate('window.old').catch(() => true));
      }, 300);
      await agentRow(frame, 'backend-specialist').waitFor();
      await frame.getByText('Write the greeting').first().waitFor();
      assert.equal(await frame.getByRole('treegrid', { name: 'Agents' }).getByRole('row').count(), rows);
      assert.equal(await page.locator('.tab', { hasText: 'Orchestrate Dashboard' }).count(), 1);
      await workbench.screenshot(`steering-again-${what.split(' ')[1]}`);
    });
  }
});
