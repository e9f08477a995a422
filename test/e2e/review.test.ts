import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../support/host/workbench.ts';
import { leaveLaterSession, type PendingWorkspace, pendingWorkspace } from '../support/pending-workspace.ts';
import { until } from '../support/until.ts';

describe('reviewing what agents wrote', () => {
  let pending: PendingWorkspace;
  let workbench: Workbench;
  const text = (path: string) => readFile(join(pending.workspace, path), 'utf8');
  const open = () => workbench.turnTo({}, pending.workspace);
  before(async () => {
    pending = await pendingWorkspace();
    const { workspace, home } = pending;
    const settings = { 'files.autoSave': 'off' };
    const env = { ORCHESTRATE_HOME: home };
    workbench = await Workbench.open({ workspace, settings, env, size: { width: 1280, height: 720 } });
  });
  beforeEach(async () => {
    pending = await pending.another();
  });
  after(async () => {
    await workbench?.close();
    await pending?.remove();
  });

  /** A row of the Review view; the Agents view, too, has one for each session. */
  const row = (label: string) =>
    workbench.page
      .locator('[id="workbench.view.extension.orchestrate"] .pane', {
        has: workbench.page.locator('.pane-header', { hasText: 'Review' }),
      })
      .locator('.monaco-list-row', { hasText: label })
      .first();
  const lens = (title: string) => workbench.page.locator('.codelens-decoration a', { hasText: title });
  /** The side of a diff that can be edited; and when keys go there. */
  const side = () => workbench.page.locator('.monaco-diff-editor .editor.modified');
  const focused = () => workbench.page.locator('.monaco-diff-editor .editor.modified :focus').first();
  const badge = () => workbench.page.locator('.activitybar .badge[aria-label^="Orchestrate"]');

  it('goes on in a new window, by the lenses above each change', async () => {
    await open();
    await workbench.openFile('list.js');
    await lens('from backend-specialist (openai/gpt-5)').waitFor();
    await lens('from frontend-specialist (anthropic/claude-opus)').waitFor();
    await workbench.pressLens('Reject', workbench.page.locator('.view-lines', { hasText: 'an item needs a text' }));
    await until(async () => !/trimmed/.test(await text('list.js')));
    // In the middle of it, the window is loaded again.
    await workbench.reload();
    await workbench.page.locator('.codelens-decoration').first().waitFor();
    await lens('from frontend-specialist').first().waitFor();
    await lens('from backend-specialist').waitFor({ state: 'detached' });
    await workbench.pressLens('Accept', lens('from frontend-specialist').nth(1));
    assert.match(await text('list.js'), /to go/);
  });

  it('is done file by file and agent by agent with the buttons in the view', async () => {
    await open();
    await workbench.showSidebar();
    await row('storage.md').hover();
    await row('storage.md').getByRole('button', { name: 'Reject' }).click();
    await row('storage.md').waitFor({ state: 'detached' });
    await assert.rejects(text('docs/storage.md'));
    await row('backend-specialist').hover();
    await row('backend-specialist').getByRole('button', { name: 'Accept' }).click();
    await row('backend-specialist').waitFor({ state: 'detached' });
    await row('old-notes.md').waitFor();
    assert.match(await text('todo.js'), /mkdir/);
  });

  it('can be done without a mouse', async () => {
    await open();
    await badge().filter({ hasText: '4' }).waitFor();
    await workbench.run('Orchestrate: Go to Next Change');
    await workbench.page.locator('.tab.active', { hasText: 'storage.md' }).waitFor();
    await workbench.page.keyboard.press('Alt+F6');
    await workbench.page.locator('.tab.active', { hasText: 'list.js' }).waitFor();
    await workbench.page.keyboard.press('Alt+F6');
    await focused().waitFor({ state: 'attached' });
    await workbench.page.keyboard.press('Shift+Alt+N');
    await workbench.page.locator('.activitybar .badge[aria-label*="6 changes"]').waitFor();
    await workbench.run('Orchestrate: Accept All Changes');
    await badge().waitFor({ state: 'hidden' });
  });

  it('is done in the peek of the gutter, beside what stood there before', async () => {
    await open();
    const { page } = workbench;
    const left = (changes: number) => page.locator(`.activitybar .badge[aria-label*="${changes} changes"]`).waitFor();
    await workbench.openFile('list.js');
    await lens('from backend-specialist (openai/gpt-5)').waitFor();
    await page.locator('.dirty-diff-glyph').first().waitFor();
    await left(7);
    const peek = page.locator('.peekview-widget', { hasText: 'Orchestrate - ' });
    await page.keyboard.press('Alt+F3');
    await peek.locator('.view-line', { hasText: 'return [...todos, { text, done: false }]' }).first().waitFor();
    await workbench.screenshot('review-peek');
    // The editor hides such boxes from roles.
    await peek.locator('.action-label[aria-label^="Reject Change ("]').click();
    await left(6);
    await until(async () => !/trimmed/.test(await text('list.js')));
    await page.keyboard.press('Alt+F3');
    await peek.locator('.action-label[aria-label^="Accept Change ("]').click();
    await left(5);
    assert.match(await text('list.js'), /to go/);
  });

  it('shows what a reviewer found on its line, to be dismissed when nobody is there to mend it', async () => {
    await open();
    await workbench.openFile('list.js');
    const comment = workbench.page.locator('.review-widget', { hasText: 'does not line up' });
    await comment.waitFor();
    await comment.getByRole('button', { name: 'Dismiss Finding' }).click();
    await comment.waitFor({ state: 'detached' });
  });

  it('opens at the first change and leads on by keys, over files and sessions, until nothing waits', async () => {
    await leaveLaterSession(pending.workspace);
    await open();
    await workbench.showView('Review');
    await row('Say how the list is used').waitFor();
    await row('Show how many items are open').waitFor();
    await workbench.run('Orchestrate: Review Changes');
    const { page } = workbench;
    const onTo = async (file: string) => {
      await page.locator('.tab.active', { hasText: `${file} (before` }).waitFor();
      await focused().waitFor({ state: 'attached' });
    };
    await onTo('storage.md');
    await side().locator('.codelens-decoration').first().waitFor();
    await page.keyboard.press('Shift+Alt+N');
    await onTo('usage.md');
    await assert.rejects(text('docs/storage.md'));
    await page.keyboard.press('Shift+Alt+Y');
    await onTo('list.js');
    // Both sessions' work in it, in the order of its lines.
    await side().getByText('from backend-specialist (openai/gpt-5)').nth(1).waitFor();
    for (const left of [6, 5]) {
      await page.keyboard.press('Shift+Alt+Y');
      await page.locator(`.activitybar .badge[aria-label*="${left} changes"]`).waitFor();
    }
    await row('Say how the list is used').waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+Alt+Y');
    await onTo('old-notes.md');
    await page.keyboard.press('Shift+Alt+N');
    await onTo('todo.js');
    assert.match(await text('old-notes.md'), /Nobody reads/);
    for (const left of ['2 changes', '1 change waits']) {
      await page.keyboard.press('Shift+Alt+Y');
      await page.locator(`.activitybar .badge[aria-label*="${left}"]`).waitFor();
    }
    await page.keyboard.press('Shift+Alt+Y');
    await badge().waitFor({ state: 'hidden' });
  });

  it('shows what becomes of one’s own lines before it is chosen', async () => {
    await open();
    const { page } = workbench;
    await workbench.openFile('list.js');
    await lens('from backend-specialist').waitFor();
    await page.locator('.view-line', { hasText: 'an item needs a text' }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('// mine');
    await lens('edited by you').waitFor();
    await page.keyboard.press('Shift+Alt+N');
    await workbench.asks('Reject in list.js: You Have Edited This Change');
    await page.locator('.tab', { hasText: 'list.js (now ↔ Keep My Lines)' }).waitFor();
    await side().locator('.view-line', { hasText: '// mine' }).waitFor();
    await workbench.screenshot('review-keep-my-lines');
    await page.keyboard.press('ArrowDown');
    await page.locator('.tab', { hasText: 'list.js (now ↔ Discard My Edits)' }).waitFor();
    await workbench.screenshot('review-discard-my-edits');
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'now ↔' }).first().waitFor({ state: 'detached' });
    await lens('from backend-specialist').waitFor({ state: 'detached' });
    await until(async () => !/mine|trimmed/.test(await text('list.js')));
  });

  it('is drawn in every theme: a file, both sides, all files, the view', async () => {
    await leaveLaterSession(pending.workspace);
    await open();
    await workbench.showSidebar();
    await row('list.js').waitFor();
    await workbench.openFile('list.js');
    await lens('from frontend-specialist').first().waitFor();
    await workbench.inEveryTheme(theme => workbench.screenshot(`review-file-${theme}`));
    await workbench.run('Orchestrate: Open Changes');
    await side().locator('.codelens-decoration').first().waitFor();
    await workbench.inEveryTheme(theme => workbench.screenshot(`review-diff-${theme}`));
    await workbench.run('Orchestrate: Show All Changes');
    await workbench.page.locator('.multiDiffEntry .codelens-decoration').first().waitFor();
    await workbench.inEveryTheme(theme => workbench.screenshot(`review-all-${theme}`));
  });
});
