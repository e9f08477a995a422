import type { Locator } from 'playwright-core';
import { until } from '../until.ts';
import type { Workbench } from './workbench.ts';

export const commands = ['start', 'monitor', 'list', 'logs', 'abort', 'status', 'report'] as const;

/** The chat view beside the workbench, with a model of ours and no other. */
export class Chat {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #view(): Locator {
    return this.#workbench.page.locator('.interactive-session').first();
  }

  isOpen(): Promise<boolean> {
    return this.#view.isVisible();
  }

  /** Where its answers are shown. */
  box() {
    return this.#view.locator('.interactive-list').boundingBox();
  }

  async open(): Promise<void> {
    await this.#workbench.page.keyboard.press('Control+Alt+I');
    await this.#view.locator('.interactive-input-part .monaco-editor').first().waitFor();
    // Without a model the editor answers for us.
    await this.#view
      .locator('.interactive-input-part')
      .getByText(/^Orchestrate: /)
      .first()
      .waitFor();
  }

  /** The answer to it, which goes on growing; in a chat of its own, since a long one is drawn in parts only. */
  async ask(command: (typeof commands)[number], text = ''): Promise<Locator> {
    const { page } = this.#workbench;
    const input = this.#view.locator('.interactive-input-part .monaco-editor').first();
    const request = this.#view.locator('.interactive-request');
    await input.click();
    if ((await request.count()) > 0) await page.keyboard.press('Control+N');
    await request.first().waitFor({ state: 'detached' });
    const typed = this.#view.locator('.interactive-input-part .view-lines', { hasText: `/${command}` }).first();
    // A chat that has just begun may take the keyboard back.
    await until(async () => {
      await input.click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(`@orchestrate /${command} ${text}`, { delay: 10 });
      return shows(typed);
    });
    // Closes the list of suggestions, which would take the Enter.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await request
      .filter({ hasText: `/${command}` })
      .first()
      .waitFor();
    return this.#view.locator('.interactive-response').first();
  }
}

const shows = (locator: Locator) =>
  locator.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
