import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { launchBrowser } from '../../src/browser/launch.ts';
import type { BrowserPage } from '../../src/core/ports.ts';
import { loopbackHttp } from '../../src/node/loopback-http.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { browserEnvironment } from '../support/own-browser.ts';

const PAGES: Record<string, string | ((answer: ServerResponse) => void)> = {
  '/': `<title>Shop</title><h1>Shop</h1><form><label>Name <input id=name></label><button type=button onclick="
    document.querySelector('output').textContent = 'Hello ' + document.querySelector('#name').value; console.log('greeted', 7)">Greet</button>
    <button type=button disabled>Buy</button><button class=twin>Twin</button><button class=twin>Twin</button></form><output></output>
    <input type=checkbox id=agree aria-label=Agree><a href="/next">Next</a>`,
  '/next': '<title>Second</title><p>Second page</p>',
  '/errors': `<script>fetch('/missing'); setTimeout(() => { throw new Error('broken inside') }); console.error('told', {a: 1}); confirm('Sure?') && (document.title = 'confirmed'); open('/next')</script>`,
  '/outside': `<img src="http://example.com/a.png"><script>fetch('http://10.0.0.1:9/x').catch(() => document.title = 'kept in')</script>`,
  '/redirect': answer => answer.writeHead(302, { location: 'http://example.com/' }).end(),
  '/covered': `<button>Under</button><div id=veil style="position:fixed;inset:0;background:#fff8">Wait…</div>`,
  '/slow': answer => void answer.write('<title>Slow</title><p>So far</p>'),
  '/hang': `<button onclick="for(;;);">Hang</button>`,
  '/red': '<body style="background:#f00"></body>',
};

describe('the browser of agents, on a real page', function () {
  this.timeout(120_000);
  let server: Server;
  let at: string;
  const open: BrowserPage[] = [];
  const here = () => true;

  before(async () => {
    server = createServer((request, answer) => {
      const page = PAGES[request.url ?? ''];
      if (typeof page === 'function') return page(answer);
      answer.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    for (const page of open) await page.close();
    server.closeAllConnections();
    server.close();
  });

  async function launched(allows: (url: URL) => boolean = here, patienceMs?: number): Promise<BrowserPage> {
    const environment = { ...process.env, ...(await browserEnvironment()) };
    const processes = createProcesses({ root: process.cwd() });
    const page = await launchBrowser(
      { processes, environment, ...(patienceMs !== undefined && { patienceMs }) },
      { owner: 'test', allows },
    );
    open.push(page);
    return page;
  }
  let shared: Promise<BrowserPage> | undefined;
  const page = () => {
    shared ??= launched();
    return shared;
  };

  it('reads a page as somebody hears it who does not see it, and tells of its status', async () => {
    const { title, outline, status } = await (await page()).open(`${at}/`);
    assert.deepEqual([title, status], ['Shop', 200]);
    assert.deepEqual(
      outline.map(line => line.trim()),
      [
        'heading "Shop" level=1',
        'LabelText',
        'text "Name"',
        'textbox "Name" [e1]',
        'button "Greet" [e2]',
        'button "Buy" [e3] disabled',
        'button "Twin" [e4]',
        'button "Twin" [e5]',
        'status',
        'checkbox "Agree" [e6]',
        'link "Next" [e7]',
      ],
    );
    assert.equal((await (await page()).open(`${at}/missing`)).status, 404);
  });

  it('types and clicks by mark, by name, by selector and by place, and tells what the console said', async () => {
    const shop = await page();
    await shop.open(`${at}/`);
    await shop.type('Name', 'Ada');
    await shop.type('#name', 'Grace');
    const greeted = await shop.click('button "Greet"');
    assert.ok(
      greeted.outline.some(line => line.includes('Hello Grace')),
      greeted.outline.join('\n'),
    );
    assert.deepEqual(greeted.said, ['console.log: greeted 7']);
    const agreed = await shop.click('Agree');
    assert.ok(
      agreed.outline.some(line => /checkbox "Agree" \[e\d+\] focused checked/.test(line)),
      agreed.outline.join('\n'),
    );
    assert.equal((await shop.click('Next')).title, 'Second');
  });

  it('says what it cannot do, and what there is instead', async () => {
    const shop = await page();
    await shop.open(`${at}/`);
    await assert.rejects(
      shop.click('Twin'),
      /2 elements are called so: button \[e\d+\], button \[e\d+\]\. Name one by its mark/,
    );
    await assert.rejects(
      shop.click('Sell'),
      /Nothing on the page is called "Sell"\. There are: textbox "Name" \[e\d+\], button "Greet"/,
    );
    await assert.rejects(shop.click('e99'), /There is no e99 on the page now/);
    await assert.rejects(shop.type('Greet', 'x'), /Nothing can be typed there: it is <button>/);
    await assert.rejects(shop.press('Hyper'), /There is no key "Hyper"\. Known are Enter, Tab/);
    await shop.open(`${at}/covered`);
    await assert.rejects(shop.click('Under'), /"Under" is covered by <div id="veil"> "Wait…"/);
    await assert.rejects(
      shop.open(`http://127.0.0.1:${await loopbackHttp.freePort()}/`),
      /could not be opened: nobody listens there\. Start the server/,
    );
  });

  it('tells of errors, of requests that failed, of dialogs and of windows', async () => {
    const { said, title } = await (await page()).open(`${at}/errors`);
    const all = said.join('\n');
    assert.match(all, /a dialog \(confirm\) said "Sure\?" and was accepted/);
    assert.match(all, /GET http:\/\/127\.0\.0\.1:\d+\/missing was answered with 404/);
    assert.match(all, /uncaught: Error: broken inside/);
    assert.match(all, /console\.error: told/);
    assert.match(all, /a new window was opened and closed again/);
    assert.equal(title, 'confirmed');
  });

  it('reaches nothing that it may not: pictures, requests, redirects', async () => {
    const kept = await launched(({ hostname }) => hostname === '127.0.0.1');
    const outside = await kept.open(`${at}/outside`);
    assert.equal(outside.title, 'kept in');
    assert.match(outside.said.join('\n'), /not reached, because it may not be: http:\/\/example\.com\/a\.png/);
    await assert.rejects(kept.open(`${at}/redirect`), /only servers of this machine may be opened/);
    await kept.close();
  });

  it('takes pictures of what is there, in the size that was asked for', async () => {
    const red = await page();
    await red.open(`${at}/red`, { width: 400, height: 300 });
    const picture = sharp(await red.picture(false));
    const { width, height } = await picture.metadata();
    const { channels } = await picture.stats();
    assert.deepEqual(
      [width, height, channels.map(({ mean }) => Math.round(mean)).slice(0, 3)],
      [400, 300, [255, 0, 0]],
    );
  });

  it('does not wait for ever: for a page that never loads, and for one that hangs', async () => {
    const slow = await launched(here, 6000);
    const state = await slow.open(`${at}/slow`);
    assert.equal(state.unfinished, true);
    assert.ok(
      state.outline.some(line => line.includes('So far')),
      state.outline.join('\n'),
    );
    const hung = await launched(here, 6000);
    await hung.open(`${at}/hang`);
    await assert.rejects(hung.click('Hang'), /The page does not answer/);
    assert.equal(hung.gone, true);
    await hung.close();
  });
});
