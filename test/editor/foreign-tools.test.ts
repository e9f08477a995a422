import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import type { WindowSession } from '../../src/editor/window-session.ts';
import { Plan } from '../../src/protocol/plan.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { type ScriptedTeam, scriptedTeam } from '../support/scripted-team.ts';
import { until } from '../support/until.ts';

const TOOL = 'orchestrate_tests_weather';
/** From the folder of the bundled tests. */
const EVERYTHING = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);
const encoded = (text: string) => new TextEncoder().encode(text);
const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
const roleFile = () => vscode.Uri.joinPath(folder(), '.orchestrate', 'agents', 'weatherman.md');

const plan = Plan.parse({
  goal: 'Know the weather',
  tasks: [{ id: 'look', title: 'Look', role: 'weatherman', instructions: 'Look it up.' }],
});

/** The last result that the model was told. */
const told = (request: CanonicalRequest) =>
  request.messages.flatMap(message => (message.role === 'tool' ? message.parts : [])).at(-1)?.output ?? '';

describe('tools of other extensions, in a real editor', () => {
  let team: ScriptedTeam;
  let registered: vscode.Disposable | undefined;
  const invoked: unknown[] = [];
  const asked: CanonicalRequest[] = [];
  let script: ScriptedAnswer[] = [];

  before(async () => {
    const text = `---\nname: weatherman\ndescription: Knows the weather\ntools: [read_file, weather]\n---\nTell it.\n`;
    await vscode.workspace.fs.writeFile(roleFile(), new TextEncoder().encode(text));
    team = await scriptedTeam(request => {
      asked.push(request);
      return script.shift() ?? { toolCalls: [{ name: 'finish_task', args: { summary: 'Known.' } }] };
    });
  });
  after(async () => {
    registered?.dispose();
    await team.close();
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), '.orchestrate'), { recursive: true });
  });
  beforeEach(() => {
    invoked.length = 0;
    asked.length = 0;
  });

  const register = (answer: (input: { place: string }, token: vscode.CancellationToken) => unknown) => {
    registered?.dispose();
    registered = vscode.lm.registerTool<{ place: string }>(TOOL, {
      invoke: async ({ input }, token) => {
        invoked.push(input);
        return new vscode.LanguageModelToolResult((await answer(input, token)) as vscode.LanguageModelTextPart[]);
      },
    });
    return until(() => vscode.lm.tools.some(({ name }) => name === TOOL));
  };
  const look = (args: unknown): ScriptedAnswer => ({ toolCalls: [{ name: TOOL, args }] });

  async function run(...answers: ScriptedAnswer[]): Promise<WindowSession> {
    script = answers;
    const started = await team.controller.startSession({ kind: 'new', goal: plan.goal, plan });
    assert.ok(started.ok, JSON.stringify(started));
    const session = team.controller.find(started.session.id);
    assert.ok(session);
    return session;
  }
  const ended = async (session: WindowSession) => {
    await until(() => session.state.outcome !== undefined);
    await until(() => session.place === 'nowhere');
  };
  async function allow(session: WindowSession, scope: 'once' | 'session' | 'always') {
    await until(() => session.state.asks.size > 0);
    const [ask] = [...session.state.asks.values()];
    assert.ok(ask?.request.type === 'permission-asked');
    await session.request({ kind: 'answer', ask: ask.ask, decision: 'allow', scope });
    return ask.request;
  }

  it('are used by an agent whose role names them, once a person has allowed it', async () => {
    await register(({ place }) => [
      new vscode.LanguageModelTextPart(`Rain in ${place}. `),
      new vscode.LanguageModelPromptTsxPart({ node: { type: 1, children: [{ type: 2, text: 'Take an umbrella.' }] } }),
    ]);
    const session = await run(look({ place: 'Oslo', days: '2' }));
    const request = await allow(session, 'once');
    assert.deepEqual(
      [request.kind, request.rule, request.what, request.why],
      ['tool', TOOL, `${TOOL} {"place":"Oslo","days":2}`, 'Scripted models and tools for the tests'],
    );
    await ended(session);
    assert.deepEqual(invoked, [{ place: 'Oslo', days: 2 }]);
    assert.ok(asked[0]?.tools.some(({ name }) => name === TOOL));
    assert.match(told(asked[1] as CanonicalRequest), /Rain in Oslo[\s\S]*Take an umbrella\./);
    assert.equal(session.state.outcome?.outcome, 'completed');
  });

  it('are asked about once where they are allowed for the session, whatever the arguments', async () => {
    await register(() => [new vscode.LanguageModelTextPart('Sun.')]);
    const session = await run(look({ place: 'Rome' }), look({ place: 'Bari' }));
    await allow(session, 'session');
    await ended(session);
    assert.deepEqual(invoked, [{ place: 'Rome' }, { place: 'Bari' }]);
  });

  it('are not run with arguments that their schema refuses', async () => {
    await register(() => [new vscode.LanguageModelTextPart('Sun.')]);
    const session = await run(look({ where: 'Rome' }));
    await ended(session);
    assert.deepEqual([invoked, session.state.asks.size], [[], 0]);
    assert.match(told(asked[1] as CanonicalRequest), /"place"/);
  });

  it('tell the model when they fail', async () => {
    await register(() => {
      throw new Error('The station is down');
    });
    const session = await run(look({ place: 'Rome' }));
    await allow(session, 'once');
    await ended(session);
    assert.match(told(asked[1] as CanonicalRequest), /reports an error[\s\S]*The station is down/);
  });

  it('are left alone at once when the session is aborted', async () => {
    let stopped = false;
    await register(
      (_input, token) =>
        new Promise(resolve =>
          token.onCancellationRequested(() => {
            stopped = true;
            resolve([]);
          }),
        ),
    );
    const session = await run(look({ place: 'Rome' }));
    await allow(session, 'once');
    await until(() => invoked.length > 0);
    await session.request({ kind: 'abort' });
    await ended(session);
    await until(() => stopped);
  });

  it('tell the model when the extension behind them has let go of them', async () => {
    registered?.dispose();
    registered = undefined;
    const session = await run(look({ place: 'Rome' }));
    await allow(session, 'once');
    await ended(session);
    assert.match(told(asked[1] as CanonicalRequest), /reports an error/);
  });

  it('are those of a real MCP server from npm, too, which the editor runs: asked about, used, and their pictures kept', async function () {
    this.timeout(200_000);
    const settings = vscode.Uri.joinPath(folder(), '.vscode', 'mcp.json');
    const before = await vscode.workspace.fs.readFile(roleFile());
    const server = { type: 'stdio', command: process.execPath, args: [EVERYTHING] };
    await vscode.workspace.fs.writeFile(settings, encoded(JSON.stringify({ servers: { everything: server } })));
    const named = (end: string) =>
      vscode.lm.tools.find(({ name }) => name.startsWith('mcp_') && name.endsWith(end))?.name;
    try {
      // The editor finds the file in its own time, and starts what it has found.
      await until(async () => {
        await vscode.commands.executeCommand('workbench.mcp.startServer', '*', { autoTrustChanges: true });
        return named('echo');
      }, 500);
      const [echo = '', picture = ''] = [named('echo'), named('get-tiny-image')];
      const role = `---\nname: weatherman\ndescription: Probes\ntools: [read_file, ${echo}, ${picture}]\n---\nProbe it.\n`;
      await vscode.workspace.fs.writeFile(roleFile(), encoded(role));
      const use = (name: string, args: unknown): ScriptedAnswer => ({ toolCalls: [{ name, args }] });
      const session = await run(use(echo, { message: 'hello from npm' }), use(picture, {}));
      for (const rule of [echo, picture]) assert.equal((await allow(session, 'session')).rule, rule);
      await ended(session);
      assert.match(told(asked[1] as CanonicalRequest), /hello from npm/);
      assert.match(told(asked[2] as CanonicalRequest), /The pictures are kept as "[\w.-]+-1"/);
      assert.deepEqual(
        [...session.state.artifacts.values()].map(([artifact]) => artifact?.mediaType),
        ['image/png'],
      );
    } finally {
      await vscode.commands.executeCommand('workbench.mcp.stopServer', '*').then(undefined, () => undefined);
      await vscode.workspace.fs.delete(settings);
      await vscode.workspace.fs.writeFile(roleFile(), before);
    }
  });
});
