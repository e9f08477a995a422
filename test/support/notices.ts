import type { BrowserContext, Page } from 'playwright-core';

/** What a browser without notices is given: the page's own are kept in a list, and nothing is asked of anybody. */
const standIn = `(() => {
  let said = 'default';
  const shown = [];
  Object.defineProperty(Notification, 'permission', { get: () => said });
  Notification.requestPermission = async () => (said = 'granted');
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
    const notice = { title, ...options, close: () => shown.splice(shown.indexOf(notice), 1) };
    if (said !== 'granted') throw new TypeError('No notification permission has been granted for this origin.');
    for (const old of shown.filter(({ tag }) => tag === options.tag)) old.close();
    shown.push(notice);
  };
  ServiceWorkerRegistration.prototype.getNotifications = async ({ tag } = {}) =>
    shown.filter(each => tag === undefined || each.tag === tag);
})()`;

/** What the browser shows of the pages of one origin beside them. */
export class Notices {
  readonly #context: BrowserContext;
  readonly #origin: string;

  private constructor(context: BrowserContext, origin: string) {
    this.#context = context;
    this.#origin = origin;
  }

  /** Before the context's first page: a headless shell, such as the one from npm, has no notices whatever it is told. */
  static async of(context: BrowserContext, origin: string): Promise<Notices> {
    const notices = new Notices(context, origin);
    const page = await context.newPage();
    await page.goto(origin);
    await notices.allow();
    if ((await page.evaluate('Notification.permission')) !== 'granted') await context.addInitScript(standIn);
    await page.close();
    await context.clearPermissions();
    return notices;
  }

  /** As the person says to the browser's question. */
  allow(): Promise<void> {
    return this.#context.grantPermissions(['notifications'], { origin: this.#origin });
  }

  async shown(page: Page): Promise<string[]> {
    return page.evaluate(`navigator.serviceWorker
      .getRegistration()
      .then(worker => worker?.getNotifications() ?? [])
      .then(all => all.map(({ title, body }) => title + ': ' + body))`);
  }

  /** Presses the one that is shown: browsers take no such press from a program, so that the worker alone is told. */
  async press(page: Page): Promise<void> {
    const data = await page.evaluate(
      'navigator.serviceWorker.ready.then(worker => worker.getNotifications()).then(([{ data }]) => data)',
    );
    const [worker] = this.#context.serviceWorkers();
    await worker?.evaluate(`new Promise(resolve => {
      const event = new Event('notificationclick');
      const over = () => resolve(undefined);
      const notification = { data: ${JSON.stringify(data)}, close: () => undefined };
      // To bring a window to the front, it wants a hand.
      self.dispatchEvent(Object.assign(event, { notification, waitUntil: led => led.then(over, over) }));
    })`);
  }
}
