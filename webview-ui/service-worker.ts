/** What the browser runs of the page when it is not there: it leads from a notice to the page. Nothing is kept and nothing answered by it. */
interface NoticeEvent extends Event {
  readonly notification: Notification;
  waitUntil(done: Promise<unknown>): void;
}
interface Tab {
  focus(): Promise<unknown>;
  postMessage(address: string): void;
}
interface Worker {
  clients: {
    matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<Tab[]>;
    openWindow(address: string): Promise<unknown>;
  };
  addEventListener(type: 'notificationclick', listener: (event: NoticeEvent) => void): void;
}

const worker = self as unknown as Worker;

worker.addEventListener('notificationclick', event => {
  const { notification } = event;
  notification.close();
  event.waitUntil(lead(String(notification.data ?? '#/')));
});

/** In the page that is open, which goes there without being loaded anew; else in a new one. */
async function lead(address: string): Promise<void> {
  const [tab] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  tab?.postMessage(address);
  await (tab ? tab.focus() : worker.clients.openWindow(`/${address}`));
}

export {};
