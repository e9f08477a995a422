import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Chat, commands } from '../support/host/chat.ts';
import { demo } from '../support/host/demo.ts';
import { Workbench } from '../support/host/workbench.ts';

describe('@orchestrate in the chat view', () => {
  let folder: string;
  let workbench: Workbench;
  let chat: Chat;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-chat-'));
    workbench = await Workbench.open({ workspace: folder, size: { width: 1500, height: 1000 } });
    chat = new Chat(workbench);
    await workbench.showSidebar();
    await workbench.statusBarItem.waitFor();
    await chat.open();
  });
  after(async () => {
    await workbench?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const says = (answer: Locator, text: string | RegExp) => answer.getByText(text).first().waitFor();
  const offers = (answer: Locator, name: string) => answer.getByRole('button', { name, exact: true }).waitFor();

  for (const command of commands) {
    it(`answers /${command} with a sentence and a way on where there is no session`, async () => {
      const answer = await chat.ask(command);
      if (command === 'abort') return says(answer, 'No session runs.');
      await says(
        answer,
        command === 'start' ? 'What should the team achieve?' : 'There is no session in this workspace',
      );
      await offers(answer, 'Start Demo');
    });
  }

  it('says that nothing was started where no model can be asked, and what can be done', async () => {
    const answer = await chat.ask('start', 'Write a poem');
    await says(answer, 'Nothing was started.');
    await offers(answer, 'Set API Key...');
    await workbench.screenshot('chat-nothing-started');
  });

  it('tells of a plan that waits, and opens it', async () => {
    await demo.start(workbench);
    const answer = await chat.ask('status');
    await says(answer, 'Build a simple todo list web application');
    await says(answer, 'The page');
    await offers(answer, 'Open the Plan');
    await workbench.screenshot('chat-status');
  });

  it('goes along with the session, from the approval to the files that wait', async () => {
    await workbench.approvePlan();
    await workbench.page.locator('.tab', { hasText: 'Orchestrate Dashboard' }).waitFor();
    const answer = await chat.ask('monitor');
    await says(answer, /17 files wait for your review/);
    await says(answer, /and 11 more/);
    assert.equal(await answer.locator('.chat-inline-anchor-widget').count(), 6);
    await offers(answer, 'Review Changes');
    await workbench.screenshot('chat-monitor');
  });

  it('lists it, logs it, reports it, and has nothing to abort any more', async () => {
    await says(await chat.ask('list'), /completed/);
    const logs = await chat.ask('logs');
    await says(logs, /was refused/);
    await offers(logs, 'Open Session Log');
    await workbench.screenshot('chat-logs');
    const report = await chat.ask('report');
    await says(report, /6 of 6 tasks completed/);
    await workbench.screenshot('chat-report');
    await report.getByRole('button', { name: 'Show Report', exact: true }).click();
    await workbench.page.locator('.tab', { hasText: 'report.md' }).waitFor();
    await says(await chat.ask('abort'), 'No session runs.');
  });
});
