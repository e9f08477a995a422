import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mcpTools } from '../../../src/mcp/servers.ts';
import { createProcesses } from '../../../src/node/processes.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A server in a few lines, whose answers to `method` are `answers`. */
const server = (answers: string, more = '') => `
const say = message => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const initialize = ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } });
const tool = (name, more = {}) => ({ name, description: name, inputSchema: { type: 'object' }, ...more });
const text = text => ({ content: [{ type: 'text', text }] });
const answers = { initialize, ${answers} };
const heard = [];
let rest = '';
process.stdin.on('data', chunk => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { id, method, params, ...other } = JSON.parse(line);
    heard.push({ id, method, ...other });
    if (id === undefined || method === undefined) continue;
    const answer = answers[method];
    const result = answer ? answer(params, id) : undefined;
    if (result !== undefined) say({ id, result });
    else if (!answer) say({ id, error: { code: -32601, message: 'unknown' } });
  }
});
${more}`;

describe('MCP servers', function () {
  this.timeout(30_000);
  const temp = tempFolder();
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  const signal = () => new AbortController().signal;

  async function started(text: string, more: { connectMs?: number } = {}) {
    const root = temp.path;
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'server.mjs'), text);
    const notes: string[] = [];
    const tools = mcpTools(
      { lab: { command: process.execPath, args: ['server.mjs'] } },
      {
        ...more,
        root,
        processes: createProcesses({ root }),
        environment: {},
        version: '1',
        note: note => notes.push(note),
        secret: () => undefined,
      },
    );
    open.push(tools);
    await tools.ready?.();
    return { tools, notes, names: tools.list().map(({ name }) => name) };
  }

  it('bring their tools under the names that the editor gives them, page by page', async () => {
    const { tools, names, notes } = await started(
      server(`
        'tools/list': ({ cursor } = {}) => cursor ? { tools: [tool('Two More')] } : { tools: [tool('one')], nextCursor: 'p2' },
        'tools/call': ({ name, arguments: args }) => text(name + ' ' + JSON.stringify(args)),
      `),
    );
    assert.deepEqual([names, notes], [['mcp_lab_one', 'mcp_lab_two_more'], []]);
    assert.deepEqual(await tools.invoke('mcp_lab_two_more', { a: 1 }, signal()), {
      ok: true,
      parts: [{ type: 'text', text: 'Two More {"a":1}' }],
    });
    assert.deepEqual(tools.list()[1]?.aliases, ['lab/Two More']);
    assert.equal((await tools.invoke('mcp_lab_three', {}, signal())).ok, false);
  });

  it('that hang are not waited for, neither at their start nor in a call that is called off', async () => {
    const mute = await started('setInterval(() => undefined, 1000)', { connectMs: 700 });
    assert.deepEqual(mute.names, []);
    assert.match(mute.notes[0] ?? '', /^The MCP server lab brings no tools: it did not answer within 0\.7 seconds$/);
    const { tools } = await started(
      server(`'tools/list': () => ({ tools: [tool('slow')] }), 'tools/call': () => undefined`),
    );
    const cut = new AbortController();
    const called = tools.invoke('mcp_lab_slow', {}, cut.signal);
    cut.abort();
    assert.deepEqual(await called, { ok: false, reason: 'cancelled', message: '' });
  });

  it('whose list of tools never ends bring none', async () => {
    const { names, notes } = await started(
      server(
        `'tools/list': ({ cursor = '0' } = {}) => ({ tools: [tool('t' + cursor)], nextCursor: String(+cursor + 1) })`,
      ),
    );
    assert.deepEqual(names, []);
    assert.match(notes[0] ?? '', /brings no tools: .*64/);
  });

  it('that cannot be started or end at once say why, with what they complained of', async () => {
    const { notes } = await started('console.error("no database at port 5432"); process.exit(3)');
    assert.match(notes[0] ?? '', /it ended with exit code 3: no database at port 5432/);
  });

  it('that lie about what they give back, or write what is no message, are told about', async () => {
    const { tools, notes } = await started(
      server(
        `'tools/list': () => ({ tools: [tool('liar', { outputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } }), tool('ok')] }),
         'tools/call': ({ name }) => name === 'liar' ? { content: [], structuredContent: { n: 'many' } } : { ...text('went wrong'), isError: true },`,
        'console.log("Server is running!"); console.log("{ not json"); console.log("[1,2]");',
      ),
    );
    assert.deepEqual(notes, []);
    const lied = await tools.invoke('mcp_lab_liar', {}, signal());
    assert.ok(!lied.ok && /schema/i.test(lied.message), JSON.stringify(lied));
    assert.deepEqual(await tools.invoke('mcp_lab_ok', {}, signal()), {
      ok: false,
      reason: 'failed',
      message: 'went wrong',
    });
  });

  it('that flood are ended: by one message without end, and by messages that nobody asked for', async () => {
    for (const [flood, said] of [
      [
        "const big = 'x'.repeat(1 << 20); setInterval(() => { for (let i = 0; i < 4; i++) process.stdout.write(big); }, 1)",
        /16777216 bytes/,
      ],
      [
        "setInterval(() => { for (let i = 0; i < 100; i++) say({ method: 'notifications/message', params: { level: 'info', data: 'x' } }); }, 1)",
        /2000 messages/,
      ],
    ] as const) {
      const { tools } = await started(
        server(`'tools/list': () => ({ tools: [tool('t')] }), 'tools/call': () => { ${flood}; }`),
      );
      const result = await tools.invoke('mcp_lab_t', {}, signal());
      assert.ok(!result.ok && said.test(result.message), JSON.stringify(result));
    }
  });

  it('that ask for more than their tools get nothing: no model, no person, no folders', async () => {
    const { tools } = await started(
      server(
        `'tools/list': () => ({ tools: [tool('t')] }),
         'tools/call': (_, id) => {
           for (const [i, method] of ['sampling/createMessage', 'elicitation/create', 'roots/list'].entries()) say({ id: 'x' + i, method, params: { messages: [], maxTokens: 9, message: 'Your key?', requestedSchema: { type: 'object', properties: {} } } });
           const wait = setInterval(() => {
             const refused = heard.filter(each => String(each.id).startsWith('x') && each.error);
             if (refused.length === 3) { clearInterval(wait); say({ id, result: text(refused.length + ' refused') }); }
           }, 5);
         },`,
      ),
    );
    assert.deepEqual(await tools.invoke('mcp_lab_t', {}, signal()), {
      ok: true,
      parts: [{ type: 'text', text: '3 refused' }],
    });
  });

  it('that die are started again, and left alone when they do it again and again', async () => {
    const { tools } = await started(
      server(
        `'tools/list': () => ({ tools: [tool('t')] }), 'tools/call': () => { console.error('out of memory'); process.exit(1); }`,
      ),
    );
    const messages: string[] = [];
    for (let i = 0; i < 4; i++) {
      const result = await tools.invoke('mcp_lab_t', {}, signal());
      assert.ok(!result.ok);
      messages.push(result.message);
    }
    assert.match(messages[0] ?? '', /out of memory/);
    assert.match(messages[3] ?? '', /has ended 3 times and is not started again/);
  });

  it('end with the session, and nothing of theirs goes on', async () => {
    const { tools } = await started(
      server(
        `'tools/list': () => ({ tools: [tool('t')] })`,
        "import { writeFileSync } from 'node:fs'; writeFileSync('pid', String(process.pid)); process.on('SIGTERM', () => undefined);",
      ),
    );
    const pid = Number(await readFile(join(temp.path, 'pid'), 'utf8'));
    await tools.close();
    assert.throws(() => process.kill(pid, 0));
  });
});
