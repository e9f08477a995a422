import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../scripts/host/paths.ts';
import { Chat } from '../support/host/chat.ts';
import type { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { until } from '../support/until.ts';

const program = join(root, 'dist', 'cli.js');
const BOTH = `
goal: Look at it from both sides
tasks:
  - { id: left, title: Left, role: anna, instructions: Look at the left, writes: [left.txt] }
  - { id: right, title: Right, role: ben, instructions: Look at the right, writes: [right.txt] }
`;

/** A plan with a mistake that the editor marks. */
const BROKEN = `goal: Release it
tasks:
  - { id: build, title: Build, role: implementer, instructions: Build it, writes: [out/**] }
  - { id: ship, title: Ship, role: implementer, instructions: Ship it, writes: [ship/**], needs: [bild] }
`;

const rowIn = (page: Page, name: RegExp) => page.locator('.sidebar').getByRole('treeitem', { name }).first();

/** Answers the three questions of "Add to Queue…". */
async function describeWork(
  { page, input }: Workbench,
  title: string | RegExp,
  text: string,
  who: string,
  when: string,
) {
  await page.locator('.quick-input-title').getByText(title).waitFor();
  await input.fill(text);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-title').getByText('Who should do it?').waitFor();
  await page.locator('.quick-input-list').getByText(who, { exact: true }).first().click();
  await page.locator('.quick-input-title').getByText('How urgent is it?').waitFor();
  await page.locator('.quick-input-list').getByText(when, { exact: true }).first().click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

describe('the standing team in the editor', () => {
  let rehearsed: RehearsedWorkbench;
  before(async () => {
    rehearsed = await RehearsedWorkbench.open({ script: 'standing-team', size: { width: 1280, height: 900 } });
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());
  const orchestrate = async (...args: string[]): Promise<string> => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: rehearsed.workspace,
      env: { ...process.env, ...rehearsed.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', part => {
        text += part;
      });
    await once(child, 'close');
    return text;
  };
  const listed = async (): Promise<{ id: string; status: string; attachments?: { kind: string; path?: string }[] }[]> =>
    (await orchestrate('queue', 'list', '--json'))
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line));

  /** What the team's session waits for, once it waits for two answers. */
  const asked = async (): Promise<string[]> => {
    let asks: string[] = [];
    await until(async () => {
      const { runs } = JSON.parse(await orchestrate('status', '--json'));
      const open = runs.find((run: { end?: unknown }) => !run.end);
      asks = open?.asks.map(({ ask }: { ask: string }) => ask) ?? [];
      return asks.length === 2;
    });
    return asks;
  };

  it('takes work from a selection and a problem, and is reordered by hand', async () => {
    const { workbench, workspace } = rehearsed;
    const { page } = workbench;
    const row = (name: RegExp) => rowIn(page, name);
    const workflows = join(workspace, '.orchestrate', 'workflows');
    await mkdir(workflows, { recursive: true });
    await writeFile(join(workflows, 'release.yaml'), BROKEN);
    await writeFile(join(workspace, 'both.yaml'), BOTH);
    await workbench.showSidebar();
    await workbench.openView('Queue');
    await page.locator('.sidebar .pane', { hasText: 'Work waits here for a standing team' }).waitFor();

    // A selection, by the palette.
    await workbench.openFile('todo.js');
    await page.locator('.monaco-editor.focused').first().waitFor();
    await page.keyboard.press('Control+A');
    await workbench.run('Orchestrate: Add to Queue...');
    await describeWork(workbench, /^Add to Queue: todo\.js:1-\d+$/, 'Explain this', 'Whoever is free', 'Medium');
    await workbench.notification('No standing team runs here').waitFor();
    await row(/^Item q1, Explain this, waiting/).waitFor();

    // A problem, by its quick fix.
    await workbench.openFile('release.yaml');
    const mark = page.locator('.monaco-editor .squiggly-error').first();
    await mark.waitFor();
    const fix = page.locator('.action-widget').getByText('Add to Queue...', { exact: true }).first();
    await workbench.run('Go to Next Problem (Error, Warning, Info)');
    await page.locator('.monaco-editor.focused').first().waitFor();
    await page.keyboard.press('Control+.');
    await fix.waitFor();
    await fix.click();
    await describeWork(
      workbench,
      /^Add to Queue: \.orchestrate\/workflows\/release\.yaml:4$/,
      'Solve the problem',
      'Whoever is free',
      'Medium',
    );
    await row(/^Item q2, Solve the problem, waiting/).waitFor();
    assert.deepEqual(
      (await listed()).map(({ id, attachments = [] }) => [id, attachments[0]?.kind, attachments[0]?.path]),
      [
        ['q1', 'selection', 'todo.js'],
        ['q2', 'problem', '.orchestrate/workflows/release.yaml'],
      ],
    );

    // By its menu the second comes first.
    const order = async () => (await listed()).map(({ id }) => id).join();
    await workbench.fromMenu(row(/^Item q2/), 'Move Up');
    await until(async () => (await order()) === 'q2,q1');
    const places = () =>
      page
        .locator('.sidebar')
        .getByRole('treeitem', { name: /^Item q\d/ })
        .evaluateAll(rows => rows.map(row => row.getBoundingClientRect().y));
    await until(async () => {
      const [first = 0, second = 0] = await places();
      return (await row(/^Item q2/).boundingBox())?.y === Math.min(first, second);
    });
    await workbench.screenshot('standing-team-queue');
  });

  it('begins, is watched by the names of its members, and paused here and steered from a terminal', async () => {
    const { workbench } = rehearsed;
    const { page } = workbench;
    const row = (name: RegExp) => rowIn(page, name);
    await workbench.run('Orchestrate: Start Standing Team');
    await workbench.asks('Start Standing Team');
    await workbench.input.fill('build=anna,ben');
    await page.keyboard.press('Enter');
    await row(/^Member (anna|ben), at work/).waitFor();
    await row(/^Item q2, Solve the problem, running/).waitFor();
    await row(/^Item q1, Explain this, waiting/).waitFor();
    assert.match(await orchestrate('status'), /Standing team: standing/);

    // Both at once, with work that a terminal adds; one is paused here and goes on from there.
    await until(async () => /Done/.test(await orchestrate('answer', 'Begin')));
    assert.match(await orchestrate('workflow', 'add', 'both.yaml'), /Done: q3/);
    await row(/^Item q1, Explain this, running/).waitFor();
    await until(async () => /Done/.test(await orchestrate('answer', 'Begin')));
    await row(/^Item q3, Look at it from both sides, running/).waitFor();
    await row(/^Member anna, at work/).waitFor();
    await row(/^Member ben, at work/).waitFor();
    await workbench.onRow(row(/^Member ben/), 'Pause Member');
    await row(/^Member ben, at work, asks you, pauses after this/).waitFor();
    assert.match(await orchestrate('continue', 'ben'), /^Done: ben takes work again/);
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Member ben, .*pauses/ })
      .waitFor({ state: 'detached' });
    for (const theme of ['light', 'dark'] as const) {
      await workbench.useTheme(theme);
      await workbench.screenshot(`standing-team-${theme}`);
    }
  });

  it('is asked about in the chat by the names of its members, with their log as it grows', async () => {
    const { workbench } = rehearsed;
    const chat = new Chat(workbench);
    await chat.open();
    const says = async (command: 'status' | 'logs' | 'list', text: string, said: RegExp) => {
      const answer = await chat.ask(command, text);
      await answer.getByText(said).first().waitFor();
      return answer;
    };
    await says('list', '', /anna at work · q3: Look at it from both sides/);
    await says('status', 'ben', /May ben begin\?/);
    await says('status', 'ana', /There is no member, agent or session "ana" here\. Did you mean "anna"\?/);
    const logs = await says('logs', 'anna-1', /anna-1/);
    await logs.getByRole('button', { name: 'Open Session Log', exact: true }).waitFor();
    const abort = await chat.ask('abort', 'anna');
    await abort.getByRole('button', { name: 'Abort q3', exact: true }).waitFor();
    await workbench.screenshot('standing-team-chat');
  });

  it('goes on after the window was reloaded, and answers to a terminal', async () => {
    const { workbench } = rehearsed;
    const { page } = workbench;
    const row = (name: RegExp) => rowIn(page, name);
    await workbench.reload();
    await workbench.notification('The standing team of this workspace goes on.').waitFor();
    await row(/^Item q3, .*running/).waitFor();
    await row(/^Member anna, at work/).waitFor();
    // What it asked is asked again, and answered from a terminal.
    for (const ask of await asked()) assert.match(await orchestrate('answer', ask, 'Begin'), /Done/);
    await row(/^History/).waitFor();
    await until(async () => (await listed()).length === 0);
    await workbench.screenshot('standing-team-done');
  });
});
