import type { Workbench } from './workbench.ts';

/** The demo in a workbench, as a person runs it: the command, the plan's approval, its end. */
export const demo = {
  async start(workbench: Workbench): Promise<void> {
    await workbench.showSidebar();
    await workbench.run('Orchestrate: Start Demo');
    await workbench.lens('Approve').waitFor();
  },

  /** The session's own row says it, to screen readers too. */
  async ended({ page }: Workbench): Promise<void> {
    const label = /^Session Build a simple todo.*completed/;
    await page.locator('.sidebar').getByRole('treeitem', { name: label }).first().waitFor({ timeout: 240_000 });
  },
};
