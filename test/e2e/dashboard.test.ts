import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';
import { buildStage, themeKeys } from '../support/dashboard/build.ts';
import { Workbench } from '../support/host/workbench.ts';
import { until } from '../support/until.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What an automatic check of accessibility finds wrong, in words. */
async function violations(frame: Frame, runOnly: object | string[]): Promise<string[]> {
  await frame.evaluate(`window.axe || (() => { ${axe} })()`);
  const { violations: found } = await frame.evaluate<AxeResults>(
    `axe.run(document, ${JSON.stringify({ runOnly, resultTypes: ['violations'] })})`,
  );
  return found.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} (${node.failureSummary})`));
}

/** Each state, by the stage that shows it, and what is read there. */
const states: [stage: string, text: string][] = [
  ['planning', 'The planner works out who does what'],
  ['approval', 'The plan waits for you: 9 tasks'],
  ['running', 'Todo API'],
  ['asking', 'wants to run a command'],
  ['paused', 'Paused by you'],
  ['spent', 'Paused: the budget is spent'],
  ['unheld', 'Commands are not held here'],
  ['finished', '7 of 7 files wait for your review.'],
  ['failed', 'Ended with failures'],
  ['crowd', 'Something large'],
  ['none', 'No session yet'],
];

/** What comes before a session is known, or instead of it: told as the extension would. */
const empty = { type: 'update', revision: 1_000_000, now: 0, complete: false };
const told: [name: string, message: object, text: string | undefined][] = [
  ['loading', { ...empty, reset: { workspace: 'ready' } }, undefined],
  ['untrusted', { ...empty, reset: { workspace: 'untrusted' } }, 'This workspace is not trusted'],
  ['no-folder', { ...empty, reset: { workspace: 'no-folder' } }, 'No folder is open'],
  ['error', { type: 'failed', message: 'The journal is damaged in line 7.' }, 'The journal is damaged in line 7.'],
];

const tell = (frame: Frame, message: object) =>
  frame.evaluate(`window.dispatchEvent(new MessageEvent('message', { data: ${JSON.stringify(message)} }))`);

describe('the dashboard', () => {
  const size = { width: 1400, height: 1700 };
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ size, extension: await buildStage() });
    // The palette does not look again once it is open.
    await until(async () => (await workbench.offered('Stage: planning')).length > 0, 300);
  });
  after(() => workbench?.close());

  /** Leaves the palette closed: a key that comes while it closes would be lost. */
  async function run(command: string): Promise<void> {
    await workbench.run(command);
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  async function show(stage: string): Promise<Frame> {
    await run(`Stage: ${stage}`);
    const frame = await workbench.dashboard();
    await frame.locator('main:not([aria-busy])').waitFor();
    return frame;
  }

  /** A page that remembers nothing. */
  async function open(stage: string): Promise<Frame> {
    await run('Stage: afresh');
    await workbench.page.locator('iframe.webview').waitFor({ state: 'detached' });
    return show(stage);
  }

  const agentRow = (frame: Frame, text: string) =>
    frame.getByRole('treegrid', { name: 'Agents' }).getByRole('row').filter({ hasText: text });

  /** What is wrong with the accessibility of what is shown now, by theme; and a picture of each. */
  async function wrongInThemes(name: string, frame: Frame): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const [key, kind] of Object.entries(themeKeys)) {
      await workbench.page.keyboard.press(key);
      await frame.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      // The structure is the same in all themes, the colours are not.
      const rules = kind === 'vscode-dark' ? standards : { type: 'rule', values: ['color-contrast'] };
      const wrong = await violations(frame, rules);
      if (wrong.length > 0) found[kind] = wrong;
      await workbench.screenshot(`dashboard-${name}-${kind.replace('vscode-', '')}`);
    }
    return found;
  }

  for (const [stage, text] of states) {
    it(`is accessible in every theme: ${stage}`, async () => {
      const frame = await show(stage);
      await frame.getByText(text).first().waitFor();
      if (stage === 'running') {
        await agentRow(frame, 'writes server').click();
        await run('Stage: speak');
        await frame.getByRole('log').getByText('I read the contract').first().waitFor();
      }
      assert.deepEqual(await wrongInThemes(stage, frame), {});
      if (stage !== 'finished') return;
      const table = frame.getByRole('button', { name: 'Show as a table' });
      await table.click();
      await frame.getByRole('group', { name: 'So far, by provider' }).getByRole('table').waitFor();
      assert.deepEqual(await wrongInThemes('spending-table', frame), {});
      await table.click();
    });
  }

  it('shows the standing team by name beside sessions and without one, in every theme and at any width, until it stops', async () => {
    await show('none');
    const frame = await show('team');
    const strip = frame.getByRole('region', { name: 'Standing team' });
    await strip.getByText(/7 members · 4 at work/).waitFor();
    await workbench.screenshot('dashboard-team-alone');
    await show('running');
    for (const text of ['asks you', 'stuck', 'out of money', 'paused', 'parked', 'anthropic does not answer'])
      await strip.getByText(text).first().waitFor();
    await strip.getByText('1 done · $0.12').waitFor();
    await strip.getByText(/3 waiting · 1 held · next about .*: q6 Review and deploy/).waitFor();
    await strip.getByText(/all done about/).waitFor();
    assert.deepEqual(await wrongInThemes('team', frame), {});
    // Nothing beside it but what is always there.
    await run('View: Toggle Primary Side Bar Visibility');
    for (const width of [1048, 688, 438]) {
      await workbench.page.setViewportSize({ width, height: 1700 });
      await until(() => frame.evaluate(`innerWidth < ${width} && document.documentElement.scrollWidth === innerWidth`));
      const lines = strip.locator('li, .queue-line');
      const out = await lines.evaluateAll(all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length);
      assert.equal(out, 0, `nothing sticks out at ${width}`);
      await workbench.screenshot(`dashboard-team-${width}`);
    }
    await workbench.page.setViewportSize(size);
    await run('View: Toggle Primary Side Bar Visibility');
    await run('Stage: team');
    await strip.waitFor({ state: 'detached' });
  });

  for (const [name, message, text] of told) {
    it(`is accessible in every theme: ${name}`, async () => {
      const frame = await open('none');
      await tell(frame, message);
      await (text === undefined ? frame.locator('main[aria-busy]') : frame.getByText(text)).waitFor();
      assert.deepEqual(await wrongInThemes(name, frame), {});
    });
  }

  it('shows everything again when the extension answers again', async () => {
    const frame = await open('none');
    await tell(frame, { type: 'failed', message: 'Something broke.' });
    await frame.getByRole('button', { name: 'Try Again' }).click();
    await frame.getByText('No session yet').waitFor();
  });

  it('shows questions one after another, takes the answers, and says when all are given', async () => {
    const frame = await open('asking');
    await frame.getByText('1 of 2', { exact: true }).waitFor();
    await frame.getByRole('button', { name: 'Deny…' }).click();
    await frame.getByLabel('Why, for the agent').fill('use what is there');
    await frame.getByRole('button', { name: 'Deny', exact: true }).click();
    await frame.getByText('Where should todos be kept?', { exact: true }).first().waitFor();
    await frame.getByText('1 of 1', { exact: true }).waitFor();
    await frame.getByRole('button', { name: 'In a file' }).click();
    await frame.getByRole('heading', { name: 'Waits for you' }).waitFor({ state: 'detached' });
    await run('Stage: question');
    await frame.getByText('Which port?').waitFor();
  });

  it('holds the control: pause, nudge, reassign, abort, more work', async () => {
    const frame = await open('running');
    const row = agentRow(frame, 'writes server');
    await row.click();
    const detail = frame.locator('.agent-detail');
    await detail.getByRole('button', { name: 'Pause agent' }).click();
    await row.getByRole('img', { name: 'paused' }).waitFor();
    await detail.getByRole('button', { name: 'Continue agent' }).click();
    await row.getByRole('img', { name: 'working' }).waitFor();
    await detail.getByRole('button', { name: 'Nudge agent' }).click();
    await detail.getByLabel('Say to the agent before its next turn').fill('keep the port');
    await frame.page().keyboard.press('Enter');
    await detail.getByText('Nudge: keep the port').waitFor();
    await detail.getByRole('button', { name: 'Reassign model' }).click();
    const field = detail.getByLabel('Model, as provider/model');
    await field.fill('nonsense');
    assert.equal(await detail.getByRole('button', { name: 'Reassign', exact: true }).isDisabled(), true);
    await field.fill('google/gemini-pro');
    await detail.getByRole('button', { name: 'Reassign', exact: true }).click();
    await frame.getByText('Model reassigned').first().waitFor();
    await detail.getByRole('button', { name: 'Abort agent' }).click();
    await detail.getByRole('button', { name: 'Yes' }).click();
    await agentRow(frame, 'aborted by the user').getByRole('img', { name: 'aborted' }).waitFor();
    await frame.getByLabel('More work for the team').fill('a dark theme');
    await frame.getByRole('button', { name: 'Add to Queue' }).click();
    await frame.getByRole('button', { name: 'Take "a dark theme" out of the queue' }).click();
    await frame.getByText('a dark theme').waitFor({ state: 'detached' });
  });

  it('can be walked by keyboard alone, with a focus that is seen', async () => {
    const frame = await open('running');
    const { keyboard } = workbench.page;
    await frame.getByRole('button', { name: 'Pause session' }).focus();
    const stops: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      await keyboard.press('Tab');
      const [name, outlined] = await frame.evaluate<[string, boolean]>(`(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        return [at.getAttribute('aria-label') ?? at.textContent ?? '', drawn];
      })()`);
      stops.push(name);
      assert.ok(outlined, `no focus is seen on ${name}`);
      if (name.startsWith('Show')) break;
    }
    for (const name of ['Agents', 'Timeline', 'Agree on the API', 'More work for the team'])
      assert.ok(
        stops.some(stop => stop.startsWith(name)),
        `${name} is not among ${stops.join(' | ')}`,
      );

    await frame.getByRole('treegrid', { name: 'Agents' }).focus();
    await keyboard.press('Home');
    // Who is at work stands above who has ended.
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await frame.getByRole('region', { name: 'Todo API' }).waitFor();
    await keyboard.press('Home');
    await keyboard.press('ArrowLeft');
    await frame.getByRole('row', { name: /architect/ }).waitFor({ state: 'detached' });
    await keyboard.press('ArrowRight');
    await frame.getByRole('row', { name: /architect/ }).waitFor();

    await frame.getByRole('button', { name: /^Agree on the API/ }).focus();
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    // The task's own: an agent's card has its name, too.
    await frame
      .locator(
        'section.detail[aria-label="Todo API"], section.detail[aria-label="Keep todos on disk"], section.detail[aria-label="The page"]',
      )
      .waitFor();
  });

  it('shows the live text of the agent that is chosen, and marks what is counted by estimate', async () => {
    const frame = await open('running');
    await run('Stage: speak');
    const row = agentRow(frame, 'writes server');
    await row.getByText(/^~/).waitFor();
    await row.click();
    const log = frame.getByRole('log');
    await log.getByText('I read the contract').first().waitFor();
    await log.getByText('run npm test').waitFor();
    await log.getByText('write server/todos.ts').waitFor();
    const content = log.getByText('content, 2 lines');
    await log.getByText('export const todos').waitFor({ state: 'detached' });
    await content.click();
    await log.getByText('export const todos').waitFor();
    // The end of what is said is in sight, where it is longer than its box.
    await frame.waitForFunction(`(() => {
      const box = document.querySelector('.live');
      return box.firstElementChild.getBoundingClientRect().bottom <= box.getBoundingClientRect().bottom;
    })()`);
  });

  it('shows what happened while it was hidden, and the session that was chosen', async () => {
    let frame = await open('two');
    await frame.getByRole('combobox', { name: 'Session' }).selectOption('first');
    await frame.getByText('1 of 2', { exact: true }).waitFor();
    await run('File: New Untitled Text File');
    await workbench.page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await run('Stage: question');
    await run('Stage: Open Dashboard');
    frame = await workbench.dashboard();
    await frame.getByText('1 of 3', { exact: true }).waitFor();
  });

  it('keeps still where motion is not wanted', async () => {
    const frame = await open('running');
    await workbench.page.emulateMedia({ reducedMotion: 'no-preference' });
    const spinning = "getComputedStyle(document.querySelector('.codicon-modifier-spin')).animationName";
    assert.notEqual(await frame.evaluate(spinning), 'none');
    await workbench.page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await frame.evaluate(spinning), 'none');
  });

  it('has room for long names, and full rows of figures, at any width', async () => {
    // Nothing beside it.
    await run('View: Toggle Primary Side Bar Visibility');
    for (const width of [448, 700, 848, 1448]) {
      await workbench.page.setViewportSize({ width, height: 1500 });
      for (const stage of ['strained', 'asking']) {
        const frame = await open(stage);
        await frame.getByText('1 of 2', { exact: true }).waitFor();
        const [inner, scrolled] = await frame.evaluate<[number, number]>(
          '[innerWidth, document.documentElement.scrollWidth]',
        );
        assert.ok(inner < width, `${inner} pixels of ${width}`);
        assert.equal(scrolled, inner);
        const rows = await frame.evaluate<number[]>(`(() => {
          const tops = [...document.querySelectorAll('.figure')].map(each => each.getBoundingClientRect().top);
          return [...new Set(tops)].map(top => tops.filter(each => each === top).length);
        })()`);
        assert.equal(new Set(rows).size, 1, `rows of ${rows} figures at ${width}`);
        if (width === 700) assert.deepEqual(await violations(frame, standards), []);
        await workbench.screenshot(`dashboard-${stage}-${width}`);
      }
    }
    await workbench.page.setViewportSize(size);
  });

  it('is there again after the window was reloaded', async () => {
    await open('finished');
    await workbench.reload();
    const frame = await workbench.dashboard();
    await frame.getByText('7 of 7 files wait for your review.').waitFor();
  });
});
