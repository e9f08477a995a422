import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { answerAsk } from '../../src/editor/attention/asks.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { pixelPng } from '../support/pixel.ts';
import { type ScriptedTeam, scriptedTeam } from '../support/scripted-team.ts';
import { until } from '../support/until.ts';

const finish: ScriptedAnswer = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const ask: ScriptedAnswer = { toolCalls: [{ name: 'ask_user', args: { question: 'Which blue?' } }] };
const plan: ScriptedAnswer = {
  toolCalls: [
    {
      name: 'propose_plan',
      args: { goal: 'Blue', tasks: [{ id: 'page', title: 'Page', role: 'implementer', instructions: 'Do page.' }] },
    },
  ],
};
const shown = ({ messages }: CanonicalRequest) => JSON.stringify(messages).split('"image/png"').length - 1;
const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
const goalText = () =>
  vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'orchestrate-goal')?.getText() ?? '';

/** Puts others in the places of what the window asks with, while `work` runs. */
async function standingIn<T>(stand: object, work: () => Promise<T>): Promise<T> {
  const real = Object.fromEntries(Object.keys(stand).map(name => [name, Reflect.get(vscode.window, name)]));
  Object.assign(vscode.window, stand);
  try {
    return await work();
  } finally {
    Object.assign(vscode.window, real);
  }
}

/** Methods with private parts want their own object. */
function bound(target: object, key: string | symbol): unknown {
  const value = Reflect.get(target, key, target);
  return typeof value === 'function' ? value.bind(target) : value;
}

/** A box in which somebody presses the button with this tooltip, and then types and accepts. */
function boxOfSomebody(tooltip: string, typed: string): Partial<vscode.InputBox> {
  const accepted = new vscode.EventEmitter<void>();
  const pressed = new vscode.EventEmitter<vscode.QuickInputButton>();
  const nothing = () => ({ dispose() {} });
  let shows = 0;
  return {
    value: '',
    enabled: true,
    buttons: [],
    onDidAccept: accepted.event,
    onDidTriggerButton: pressed.event,
    onDidChangeValue: nothing,
    onDidHide: nothing,
    show() {
      shows++;
      const button = this.buttons?.find(each => each.tooltip === tooltip);
      if (shows === 1 && button) return pressed.fire(button);
      this.value = `${typed} ${this.value}`;
      accepted.fire();
    },
    dispose() {},
  };
}

describe('images that a person hands in, in a real editor', function () {
  this.timeout(200_000);
  let team: ScriptedTeam;
  let outside: string;
  const asked: CanonicalRequest[] = [];

  before(async () => {
    outside = await mkdtemp(join(tmpdir(), 'orchestrate handed in '));
    await writeFile(join(outside, 'a shot.png'), pixelPng);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), 'design.png'), pixelPng);
    const sees = { name: 'lab', kind: 'ollama', model: 'qwen3-coder:30b', images: true } as const;
    team = await scriptedTeam(
      request => {
        asked.push(request);
        if (request.tools.some(({ name }) => name === 'propose_plan')) return plan;
        return request.messages.some(({ role }) => role === 'assistant') ? finish : ask;
      },
      [sees],
    );
  });
  after(async () => {
    await team.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), 'design.png'));
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), '.orchestrate'), { recursive: true });
    await rm(outside, { recursive: true });
  });

  const picking = (...paths: string[]) => ({ showOpenDialog: async () => paths.map(path => vscode.Uri.file(path)) });

  it('are picked or pasted into a goal, and go with it to the planner and to the agent, as does one with an answer', async () => {
    await vscode.commands.executeCommand('orchestrate.goal.edit');
    await standingIn(picking(vscode.Uri.joinPath(folder(), 'design.png').fsPath, join(outside, 'a shot.png')), () =>
      Promise.resolve(vscode.commands.executeCommand('orchestrate.goal.attach')),
    );
    assert.match(goalText(), /@design\.png @"[^"]*a shot\.png"/);
    const first = { showQuickPick: async (items: readonly unknown[]) => items[0] };
    const started = standingIn(first, () => Promise.resolve(vscode.commands.executeCommand('orchestrate.goal.start')));
    await until(() => team.controller.sessions.some(({ state }) => state.asks.size > 0));
    const session = team.controller.sessions.find(({ state }) => state.asks.size > 0);
    assert.ok(session);
    await started;
    assert.match(session.state.goal, /design\.png a-shot\.png/);
    assert.equal(asked[0] && shown(asked[0]), 2);
    assert.equal(asked[1] && shown(asked[1]), 2);

    const [waiting] = [...session.state.asks.values()];
    assert.ok(waiting);
    // What an agent offers to be picked chooses no file for it.
    const offered = `Yes @"${join(outside, 'a shot.png')}"`;
    const offering = { ...waiting, request: { ...waiting.request, options: [offered] } };
    session.state.asks.set(waiting.ask, offering as typeof waiting);
    const requests: unknown[] = [];
    const listening = new Proxy(session, {
      get: (target, key) =>
        key === 'request'
          ? async (body: unknown) => {
              requests.push(body);
              return { ok: true };
            }
          : bound(target, key),
    });
    await standingIn(first, () => answerAsk(listening, waiting));
    assert.deepEqual(requests, [{ kind: 'answer', ask: waiting.ask, text: offered }]);
    session.state.asks.set(waiting.ask, waiting);
    const stand = {
      ...picking(join(outside, 'a shot.png')),
      createInputBox: () => boxOfSomebody('Attach Images...', 'This one:'),
    };
    await standingIn(stand, () => answerAsk(session, waiting));
    await until(() => session.state.outcome !== undefined);
    const told = JSON.stringify(asked.at(-1)?.messages);
    assert.match(told, /The user answers: This one: a-shot\.png/);
    assert.equal(asked.at(-1) && shown(asked.at(-1) as CanonicalRequest), 3);
    assert.deepEqual([...session.state.artifacts.keys()].sort(), ['a-shot.png', 'design.png']);
    await until(() => session.place === 'nowhere');
  });
});
