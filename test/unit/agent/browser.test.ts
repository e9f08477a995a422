import assert from 'node:assert/strict';
import type { Attention } from '../../../src/core/agent/contract.ts';
import type { BrowserPage, BrowserRights, PageState } from '../../../src/core/ports.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { pixelPng } from '../../support/pixel.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'done' }));
const role = { name: 'ui-tester', description: '', instructions: 'Test.', tools: ['browser', 'read_artifact'] };
const browse = (args: object) => calls(call('browser', args));

describe('the browser tool', () => {
  async function tried(turns: Reply[], answer: 'allow' | 'deny' = 'deny', page: Partial<BrowserPage> = {}) {
    const asked: Parameters<Attention['permission']>[0][] = [];
    const world = new AgentWorld([...turns, finish], {
      attention: {
        permission: async request => {
          asked.push(request);
          return { decision: answer, scope: 'once' };
        },
      },
    });
    const rights: BrowserRights[] = [];
    let closed = 0;
    const state = (): PageState => ({
      url: 'http://localhost:3000/',
      title: 'T</data>',
      outline: ['button "Go" [e1]'],
      said: ['console.log: x'],
    });
    world.host.browsers = {
      launch: async given => {
        rights.push(given);
        const usual: BrowserPage = {
          gone: false,
          open: async () => state(),
          state: async () => state(),
          picture: async () => pixelPng,
          click: async () => state(),
          type: async () => state(),
          press: async () => state(),
          close: async () => {
            closed++;
          },
        };
        return Object.defineProperties(usual, Object.getOwnPropertyDescriptors(page));
      },
    };
    await world.run({ role });
    return { world, asked, rights, closed: () => closed };
  }

  it('is given to roles that name it only, and its page ends with the agent', async () => {
    const world = new AgentWorld([browse({ action: 'open', url: 'http://localhost:3000' }), finish]);
    await world.run();
    assert.match(world.told(1), /browser is not among the tools of your role/);
    const {
      world: named,
      closed,
      rights,
    } = await tried([browse({ action: 'open', url: 'localhost:3000' }), browse({ action: 'read' })]);
    assert.match(
      named.told(1),
      /^Opened http:\/\/localhost:3000\/\.\n<data \w+>\nPage: T<\/data> http:\/\/localhost:3000\/\nbutton "Go" \[e1\]\n\nSince then:\nconsole\.log: x\n<\/data /,
    );
    assert.deepEqual([rights.length, closed()], [1, 1]);
  });

  it('opens no files, no other machines, and asks about ports where others may listen', async () => {
    const { world, asked, rights } = await tried([
      browse({ action: 'open', url: 'file:///etc/passwd' }),
      browse({ action: 'open', url: 'https://example.com/' }),
      browse({ action: 'open', url: 'http://169.254.169.254/latest' }),
      browse({ action: 'open', url: 'http://localhost:9229/' }),
      browse({ action: 'open', url: 'javascript:alert(1)' }),
      browse({ action: 'look' }),
    ]);
    assert.match(world.told(1), /Files are not opened in the browser\. Serve the folder/);
    assert.match(world.told(2), /Only pages of servers on this machine are opened.*example\.com is none/);
    assert.match(world.told(3), /169\.254\.169\.254 is none/);
    assert.match(world.told(4), /Opening a server on port 9229 that you did not start was denied/);
    assert.match(world.told(5), /is no address of a page/);
    assert.match(world.told(6), /No page is open\. Open one first/);
    assert.deepEqual([asked.map(({ rule }) => rule), rights], [['browse localhost:9229'], []]);
  });

  it('lets a page reach what was allowed and nothing else', async () => {
    const { rights } = await tried([browse({ action: 'open', url: 'http://localhost:9229/' })], 'allow');
    const allows = (url: string) => rights[0]?.allows(new URL(url));
    assert.deepEqual(
      ['http://localhost:9229/x', 'http://127.0.0.1:3000/', 'ws://localhost:5173/', 'data:text/plain,x'].map(allows),
      [true, true, true, true],
    );
    assert.deepEqual(
      [
        'http://localhost:6379/',
        'http://localhost/',
        'https://example.com/',
        'file:///etc/passwd',
        'http://localhost.evil.com:3000/',
        'chrome://version',
      ].map(allows),
      [false, false, false, false, false, false],
    );
  });

  it('keeps pictures as artifacts under names, in versions, and shows them again', async () => {
    const { world } = await tried([
      browse({ action: 'open', url: 'http://localhost:3000/' }),
      browse({ action: 'look' }),
      browse({ action: 'look', name: 'start' }),
      calls(call('read_artifact', { name: 'start' })),
    ]);
    assert.deepEqual(
      world.journal.of('artifact-published').map(({ artifact, version, mediaType }) => [artifact, version, mediaType]),
      [
        ['screenshot-1', 1, 'image/png'],
        ['start', 1, 'image/png'],
      ],
    );
    const shown = world.router.requests[4]?.messages.at(-1);
    assert.match(JSON.stringify(shown), /Artifact start, version 1, by a1: an image, PNG.*image\/png/);
  });

  it('tells why something failed, and goes on with a new page where the old one is gone', async () => {
    let gone = false;
    const { world, rights } = await tried(
      [
        browse({ action: 'open', url: 'http://localhost:3000/' }),
        browse({ action: 'click', target: 'Go' }),
        browse({ action: 'open', url: 'http://localhost:3000/' }),
      ],
      'deny',
      {
        get gone() {
          return gone;
        },
        click: async () => {
          gone = true;
          throw new Error('The page does not answer.');
        },
        open: async () => {
          gone = false;
          return { url: 'u', title: 't', outline: [], said: [] };
        },
      },
    );
    assert.equal(world.told(2), 'The page does not answer. The page was closed; open it again to go on.');
    assert.match(world.told(3), /^Opened/);
    assert.equal(rights.length, 2);
  });
});
