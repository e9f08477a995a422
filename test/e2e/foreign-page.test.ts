import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Workbench } from '../support/host/workbench.ts';

/** As VS Code's own page opens its management connection. */
const connection = (port: number) =>
  `ws://127.0.0.1:${port}/?reconnectionToken=00000000-0000-4000-8000-000000000000&reconnection=false&skipWebSocketFrames=false`;

describe('A page in the browser that is not the workbench', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  after(() => workbench?.close());

  const opens = (page: Workbench['page'], address: string) =>
    page.evaluate(
      address =>
        new Promise<string>(done => {
          const socket = new WebSocket(address);
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        }),
      address,
    );

  it("opens no connection to it, with the browser's cookies and from this very machine, and reads nothing", async () => {
    const port = Number(new URL(workbench.page.url()).port);
    // The workbench itself may: what is refused below is refused for who asks.
    assert.equal(await opens(workbench.page, connection(port)), 'open');
    const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>harmless</p>'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const page = await workbench.page.context().newPage();
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      assert.equal(await opens(page, connection(port)), 'refused');
      const loads = `new Promise(done => {
        const image = new Image();
        image.onload = () => done(true);
        image.onerror = () => done(false);
        image.src = 'http://127.0.0.1:${port}/favicon.ico';
      })`;
      assert.deepEqual([await page.evaluate('document.cookie'), await page.evaluate(loads)], ['', false]);
      const answer = await page.goto(`http://127.0.0.1:${port}/`);
      // Typed into the address bar by the person, whose browser has the cookie: that is the person.
      assert.equal(answer?.status(), 200);
    } finally {
      await page.close();
      server.close();
    }
    const stranger = await workbench.page.context().browser()?.newContext();
    const fresh = await stranger?.newPage();
    assert.equal((await fresh?.goto(`http://127.0.0.1:${port}/`))?.status(), 403);
    await stranger?.close();
  });
});
