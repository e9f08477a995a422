/**
 * `npm run pictures`: the README's pictures, taken in a real VS Code while the demo runs there. The moving one plays in
 * the time that it took.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { demo } from '../test/support/host/demo.ts';
import { Workbench } from '../test/support/host/workbench.ts';
import { root } from './host/paths.ts';
import { runScript } from './run-script.ts';

const size = { width: 1440, height: 900 };
/** Of the moving picture. */
const shownWidth = 1200;
const betweenMs = 400;
const lastFrameMs = 2500;
const images = join(root, 'docs', 'images');

interface Frame {
  png: Buffer;
  at: number;
}

/** Takes frames until `done`; what is filmed goes on meanwhile. */
class Film {
  readonly #frames: Frame[] = [];
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  async frame(): Promise<void> {
    const png = await shot(this.#workbench);
    this.#frames.push({ png, at: performance.now() });
  }

  async during(scene: Promise<void>): Promise<void> {
    let over = false;
    const watched = scene.finally(() => {
      over = true;
    });
    while (!over) {
      await this.frame();
      await this.#workbench.page.waitForTimeout(betweenMs);
    }
    await watched;
    await this.frame();
  }

  async write(file: string): Promise<void> {
    const frames = this.#frames;
    const delay = frames.map(({ at }, index) => Math.round((frames[index + 1]?.at ?? at + lastFrameMs) - at));
    const small = await Promise.all(frames.map(({ png }) => sharp(png).resize(shownWidth).png().toBuffer()));
    await sharp(small, { join: { animated: true } })
      .webp({ nearLossless: true, quality: 60, delay, loop: 0 })
      .toFile(file);
  }
}

const shot = ({ page }: Workbench) => page.screenshot({ caret: 'hide' });

async function still(workbench: Workbench, name: string): Promise<void> {
  await sharp(await shot(workbench))
    .webp({ nearLossless: true, quality: 60 })
    .toFile(join(images, `${name}.webp`));
}

await runScript('package.ts');
await mkdir(images, { recursive: true });
const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-pictures-'));
const workspace = join(scratch, 'todo-list');
await mkdir(workspace);
try {
  const settings = { 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false };
  const vsix = join(root, 'orchestrate.vsix');
  await using workbench = await Workbench.open({ workspace, settings, size, scale: 2, vsix });
  const { page } = workbench;
  // A window that has just opened has neither views nor commands of extensions.
  await workbench.showSidebar();
  await workbench.welcome.getByRole('button', { name: 'Start Session', exact: true }).waitFor();
  while ((await workbench.offered('Orchestrate: Start Demo')).length === 0) await page.waitForTimeout(300);
  await workbench.escape();
  const film = new Film(workbench);
  await film.during(demo.start(workbench));
  await page.waitForTimeout(1500);
  await film.frame();
  await workbench.approvePlan();
  await film.during(demo.ended(workbench));
  await page.waitForTimeout(1000);
  await still(workbench, 'dashboard');
  await workbench.openFile('store.js');
  await workbench.lens('Accept').waitFor();
  await film.during(page.waitForTimeout(1000));
  await still(workbench, 'review');
  await workbench.lens('Accept').click();
  await film.during(page.waitForTimeout(1500));
  await film.write(join(images, 'demo.webp'));
} finally {
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}
await runScript('walkthrough-pictures.ts');
