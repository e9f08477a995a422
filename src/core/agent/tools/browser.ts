import * as z from 'zod';
import { Name } from '../../../protocol/ids.ts';
import type { BrowserPage, PageState } from '../../ports.ts';
import { isUsualPort } from '../commands/loopback.ts';
import type { ToolResult } from '../contract.ts';
import { reasonGiven } from '../reason-given.ts';
import { fence, fitting } from './fence.ts';
import { keepPicture } from './keep-picture.ts';
import { showImage } from './show-image.ts';
import { defineTool, type Refusal, refuse, type ToolContext } from './tool.ts';

const OUTLINE = 12_000;
const HOME = new Set(['localhost', '127.0.0.1', '[::1]']);
const isHome = ({ hostname }: URL) => HOME.has(hostname) || hostname.endsWith('.localhost');
const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80');

const Arguments = z.object({
  action: z.enum(['open', 'read', 'look', 'click', 'type', 'press', 'close']),
  url: z.string().max(2000).optional().describe('For open.'),
  target: z
    .string()
    .max(500)
    .optional()
    .describe('For click and type: a mark such as e3, a name as it stands in the outline, a CSS selector, or x,y.'),
  text: z.string().max(10_000).optional().describe('For type; for press the key, such as Enter.'),
  name: Name.optional().describe('For look: what the picture is kept as.'),
  whole: z.boolean().optional().describe('For look: all of the page.'),
  width: z.number().int().min(200).max(2560).optional(),
  height: z.number().int().min(200).max(2000).optional(),
});
type Asked = z.infer<typeof Arguments>;

/** Domains that the person allowed for all commands, for pages, too. */
const mayReach = (context: ToolContext) => {
  const { host, agent } = context;
  const ports = host.pages.ports(agent);
  const network = host.holding?.network ?? [];
  return (url: URL): boolean => {
    if (url.protocol === 'data:' || url.protocol === 'blob:' || url.protocol === 'about:') return true;
    if (!/^(https?|wss?):$/.test(url.protocol)) return false;
    // In the sandbox this machine is what the task itself has running.
    if (isHome(url)) return host.holding !== undefined || isUsualPort(Number(portOf(url))) || ports.has(portOf(url));
    return network.some(domain =>
      domain.startsWith('*.') ? url.hostname.endsWith(domain.slice(1)) : url.hostname === domain,
    );
  };
};

function addressOf(text: string | undefined): URL | Refusal {
  if (text === undefined || text.trim() === '')
    return refuse('bad-arguments', 'open needs a "url", such as http://localhost:3000/.');
  const url = URL.parse(/^[a-z]+:/i.test(text) && !/^localhost:/i.test(text) ? text : `http://${text}`);
  if (url?.protocol === 'file:')
    return refuse(
      'denied',
      'Files are not opened in the browser. Serve the folder with run_command and background: true, such as python3 -m http.server 8000, and open http://localhost:8000/.',
    );
  if (!url || !/^https?:$/.test(url.protocol)) return refuse('bad-arguments', `"${text}" is no address of a page.`);
  return url;
}

/** Asks about a server of this machine that is neither the agent's own nor where such servers are. */
async function permission(url: URL, context: ToolContext): Promise<Refusal | undefined> {
  const { host, agent, signal } = context;
  if (!isHome(url)) {
    if (mayReach(context)(url)) return undefined;
    return refuse(
      'denied',
      `Only pages of servers on this machine are opened, and of the domains that the user's permissions.network names; ${url.hostname} is none. Start the server here and open it by localhost.`,
    );
  }
  const ports = host.pages.ports(agent);
  for (const command of host.background.running(agent))
    for (const port of await command.ports()) ports.add(String(port));
  if (mayReach(context)(url)) return undefined;
  const port = portOf(url);
  const answer = await host.attention.permission(
    { agent, kind: 'tool', what: `open ${url.origin} in the browser`, rule: `browse localhost:${port}` },
    signal,
  );
  if (answer.decision === 'deny')
    return refuse(
      'denied',
      `Opening a server on port ${port} that you did not start was denied.${reasonGiven(answer)} Start yours with run_command, background: true, and open that.`,
    );
  ports.add(port);
  return undefined;
}

function stateText(
  context: ToolContext,
  { url, title, status, unfinished, said, outline }: PageState,
  first: string,
): string {
  const body = fitting([...outline], Math.min(OUTLINE, context.room));
  const left = outline.length > body.length ? [`… ${outline.length - body.length} more lines`] : [];
  const about = [
    `Page: ${title || '(no title)'} ${url}`,
    status !== undefined && status >= 400 && `The server answered with ${status}.`,
    unfinished && 'It has not finished loading; this is what is there so far.',
  ].filter(line => typeof line === 'string');
  const happened = said.length > 0 ? ['', 'Since then:', ...said] : [];
  return `${first}\n${fence(context, [...about, ...body, ...left, ...happened].join('\n'))}`;
}

async function look(args: Asked, page: BrowserPage, context: ToolContext): Promise<ToolResult> {
  const { host, agent, task } = context;
  const bytes = await page.picture(args.whole === true);
  const taken = [...host.journal.state.artifacts.keys()].filter(name => name.startsWith('screenshot-')).length;
  const name = args.name ?? `screenshot-${taken + 1}`;
  const latest = host.journal.state.artifacts.get(name)?.at(-1);
  if (latest && latest.agent !== agent && latest.task !== task?.id)
    return refuse(
      'outside-claim',
      `"${name}" belongs to ${latest.task ?? latest.agent}. Keep yours under another name.`,
    );
  const shown = showImage(`The page, kept as "${name}"`, bytes);
  if (!shown?.ok) return shown ?? refuse('failed', 'The browser gave no picture.');
  await keepPicture({ name, mediaType: 'image/png', bytes }, context);
  return shown;
}

async function act(args: Asked, page: BrowserPage, context: ToolContext): Promise<ToolResult> {
  const told = (state: PageState, first: string): ToolResult => ({
    ok: true,
    output: stateText(context, state, first),
  });
  const { target, text } = args;
  switch (args.action) {
    case 'look':
      return look(args, page, context);
    case 'click':
      if (target === undefined) return refuse('bad-arguments', 'click needs a "target".');
      return told(await page.click(target), `Clicked ${target}.`);
    case 'type':
      if (target === undefined || text === undefined)
        return refuse('bad-arguments', 'type needs a "target" and a "text".');
      return told(await page.type(target, text), `Typed into ${target}.`);
    case 'press':
      if (text === undefined) return refuse('bad-arguments', 'press needs the key as "text", such as Enter.');
      return told(await page.press(text), `Pressed ${text}.`);
    default:
      return told(await page.state(), 'As it stands now:');
  }
}

async function run(args: Asked, context: ToolContext): Promise<ToolResult> {
  const { host, agent, task } = context;
  if (args.action === 'close') {
    await host.pages.close(agent);
    return { ok: true, output: 'Closed.' };
  }
  if (args.action !== 'open') {
    const page = await host.pages.of(agent);
    return page
      ? act(args, page, context)
      : refuse('no-page', 'No page is open. Open one first: action "open" with its url.');
  }
  const url = addressOf(args.url);
  if (!(url instanceof URL)) return url;
  const page = await host.pages.opened(agent, task?.id ?? agent, mayReach(context));
  const size = { width: args.width ?? 1280, height: args.height ?? 800 };
  return { ok: true, output: stateText(context, await page.open(url.href, size), `Opened ${url.href}.`) };
}

const DOING: Record<Asked['action'], (args: Asked) => string> = {
  open: ({ url }) => `opens ${url ?? 'a page'}`,
  read: () => 'reads the page',
  look: () => 'looks at the page',
  click: ({ target }) => `clicks ${target ?? ''}`,
  type: ({ target }) => `types into ${target ?? ''}`,
  press: ({ text }) => `presses ${text ?? ''}`,
  close: () => 'closes the page',
};

export const browser = defineTool({
  name: 'browser',
  description:
    'A real browser on pages of servers that run here. open, click, type and press tell the page in an outline, with what its console and its requests said; look shows a picture of it and keeps that under a name, by which others and the report find it.',
  effect: 'none',
  args: Arguments,
  aliases: {
    element: 'target',
    ref: 'target',
    selector: 'target',
    key: 'text',
    value: 'text',
    address: 'url',
    fullPage: 'whole',
  },
  doing: args => DOING[args.action](args).trim(),
  async permit(args, context) {
    if (args.action !== 'open') return undefined;
    const url = addressOf(args.url);
    return url instanceof URL ? permission(url, context) : url;
  },
  async run(args, context) {
    try {
      return await run(args, context);
    } catch (error) {
      const { pages } = context.host;
      const lost = (await pages.of(context.agent)) === undefined;
      if (lost) await pages.close(context.agent);
      const message = error instanceof Error ? error.message : String(error);
      return refuse('failed', lost ? `${message} The page was closed; open it again to go on.` : message);
    }
  },
});
