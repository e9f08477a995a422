import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { crowdRehearsal } from '../support/crowd-rehearsal.ts';
import { Chat } from '../support/host/chat.ts';
import type { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

const size = { width: 1500, height: 1000 };
const session = ({ page }: Workbench, state: string) =>
  page
    .locator('.sidebar')
    .getByRole('treeitem', { name: new RegExp(`^Session\\b.*${state}`) })
    .first();
const button = (answer: Locator, name: string) => answer.getByRole('button', { name, exact: true });
const offers = async (answer: Locator, ...names: string[]) => {
  for (const name of names) await button(answer, name).waitFor();
};

describe('what can be done next', () => {
  let rehearsed: RehearsedWorkbench;
  before(async () => {
    const settings = { 'orchestrate.permissions': { commands: { allow: ['node *'] } } };
    rehearsed = await RehearsedWorkbench.open({ script: 'attention', size, settings });
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());

  it('is a button in the chat: the plan is approved, a question answered, a session resumed', async () => {
    await rehearsed.turnToFreshFolder();
    const { workbench, goal } = rehearsed;
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.lens('Approve').waitFor();
    let chat = new Chat(workbench);
    await chat.open();
    const planned = await chat.ask('status');
    await offers(planned, 'Approve Plan', 'Open the Plan', 'Revise Plan...', 'Cancel Plan');
    await workbench.screenshot('chat-approve');
    await button(planned, 'Approve Plan').click();
    await session(workbench, '1 asks you').waitFor();
    await offers(await chat.ask('status'), 'Answer...');

    // In mid-run, with a question open.
    await page.reload();
    await page.locator('.monaco-workbench .activitybar').waitFor();
    const cut = workbench.notification(/A session was interrupted\. What it did is kept, and it can go on: Greet/);
    await cut.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    await workbench.screenshot('chat-cut-off');
    await workbench.showSidebar();
    await session(workbench, 'interrupted').waitFor();
    chat = new Chat(workbench);
    if (!(await chat.isOpen())) await chat.open();
    const stopped = await chat.ask('status');
    await offers(stopped, 'Resume');
    await button(stopped, 'Resume').click();
    await workbench.notification('Which language').waitFor();
  });

  it('after a reload in mid-run is Resume, on the notice; at the end it is review, more, and the report', async () => {
    await rehearsed.turnToFreshFolder();
    const { workbench, goal } = rehearsed;
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    await session(workbench, '1 asks you').waitFor();
    await page.reload();
    await page.locator('.monaco-workbench .activitybar').waitFor();
    await workbench
      .notification('A session was interrupted')
      .getByRole('button', { name: 'Resume', exact: true })
      .click();
    await workbench.notification('Which language').getByRole('button', { name: 'Swahili', exact: true }).click();
    await session(workbench, 'completed').waitFor();

    const chat = new Chat(workbench);
    await chat.open();
    const done = await chat.ask('status');
    await offers(done, 'Review Changes', 'Ask for More...', 'Show Report');
    assert.equal(await button(done, 'Resume').count(), 0);
    await workbench.screenshot('chat-over');
    await button(done, 'Ask for More...').click();
    await workbench.asks('Ask for More');
    await workbench.escape();
    await button(done, 'Review Changes').click();
    await page.locator('.tab.active', { hasText: /greeting|measured|waits? for review|Changes/ }).waitFor();
  });

  it('and how thirty agents do fits on one screen of the chat', async () => {
    const script = await crowdRehearsal();
    const settings = {
      'orchestrate.team.maxAgents': 30,
      'orchestrate.routing.concurrency': 40,
      'orchestrate.budget.sessionUsd': 1000,
    };
    await using rehearsed = await RehearsedWorkbench.open({ script, size: { width: 1280, height: 720 }, settings });
    const { workbench, goal } = rehearsed;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    await session(workbench, '10 of 40').waitFor();
    const chat = new Chat(workbench);
    await chat.open();
    const answer = await chat.ask('status');
    await offers(answer, 'Open Dashboard');
    await workbench.screenshot('chat-status-thirty');
    const [shown, view] = [await answer.boundingBox(), await chat.box()];
    assert.ok(shown && view && shown.y >= view.y && shown.height <= view.height, JSON.stringify({ shown, view }));
  });
});
