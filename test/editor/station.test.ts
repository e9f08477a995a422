import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { tellLog } from '../../src/editor/chat/follow.ts';
import { handedIn } from '../../src/editor/station/attachments.ts';
import type { QueueView } from '../../src/editor/station/queue-view.ts';
import type { StandingTeam } from '../../src/editor/station/standing-team.ts';
import type { StationRequest } from '../../src/protocol/station.ts';
import { memorySession } from '../support/dashboard/memory-session.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { until } from '../support/until.ts';

const STARTED = {
  type: 'session-started',
  session: 's',
  goal: 'g',
  workspace: '/',
  version: '0',
  rehearsal: false,
  budget: { alertAt: 0.8 },
} as const;

describe('a row of the Queue view that is dragged', () => {
  let queue: QueueView;
  let team: StandingTeam;
  const added: string[] = [];
  const ask = (body: StationRequest) => team.ask(body);
  const add = async (text: string, more: object = {}) => {
    const { ok, message = '' } = await ask({ kind: 'queue-add', text, priority: 5, ...more });
    assert.ok(ok, message);
    const id = /^q\d+/.exec(message)?.[0] ?? '';
    added.push(id);
    return id;
  };
  const rows = async () =>
    (await queue.getChildren()).flatMap(node => (node.kind === 'item' && added.includes(node.item) ? [node.item] : []));
  /** What was written is seen a moment later. */
  const stand = async (order: readonly string[], why: string) => {
    await until(async () => (await rows()).join() === order.join()).catch(() => undefined);
    assert.deepEqual(await rows(), order, why);
  };
  /** As a person would: picks it up and lets it fall there. */
  const drag = async (item: string, on?: string) => {
    const data = new vscode.DataTransfer();
    queue.handleDrag([{ kind: 'item', id: `item/${item}`, item }], data);
    await queue.handleDrop(on === undefined ? undefined : { kind: 'item', id: `item/${on}`, item: on }, data);
  };

  before(async () => {
    const extension = vscode.extensions.all.find(({ id }) => id.endsWith('.orchestrate'));
    assert.ok(extension);
    ({ queue, team } = await extension.activate());
    await vscode.commands.executeCommand('orchestrate.queue.focus');
    await team.look();
  });
  after(async () => {
    for (const item of added) await ask({ kind: 'queue-remove', item });
  });

  it('stands where it was dropped, across priorities, before what is held, at the end; and moves nothing else', async () => {
    const [a, b] = [await add('a'), await add('b')] as const;
    const urgent = await add('urgent', { priority: 9 });
    const low = await add('low', { priority: 1 });
    const held = await add('held', { held: true });
    await stand([urgent, a, b, held, low], 'by priority');
    await drag(low, urgent);
    await stand([low, urgent, a, b, held], 'up, past what is for now');
    await drag(urgent, b);
    await stand([low, a, b, urgent, held], 'down, below what is wanted less');
    await drag(held, a);
    await stand([low, held, a, b, urgent], 'what is held has a place, too');
    await drag(low, held);
    await stand([held, low, a, b, urgent], 'behind what is held');
    await drag(held);
    await stand([low, a, b, urgent, held], 'on nothing: to the end');
    await drag(b, b);
    await stand([low, a, b, urgent, held], 'on itself: nothing');
    await ask({ kind: 'queue-remove', item: b });
    await stand([low, a, urgent, held], 'what is over is history');
    await drag(low, b);
    await stand([a, urgent, held, low], 'on what is over, below all that waits: to the end');
    await drag(b, a);
    await stand([a, urgent, held, low], 'what is over stays where it is');
    const order = [...(team.state?.items.values() ?? [])].filter(({ moved }) => moved).length;
    assert.ok(order >= 3, 'the journal holds where they were put');
  });

  it('is nothing where nothing of the queue was dropped', async () => {
    const before = await rows();
    await queue.handleDrop(undefined, new vscode.DataTransfer());
    const data = new vscode.DataTransfer();
    queue.handleDrag([{ kind: 'history', id: 'history' }], data);
    await queue.handleDrop(undefined, data);
    assert.deepEqual(await rows(), before);
  });
});

describe('the log of one agent in the chat', () => {
  it('tells what was and what comes, of that agent alone, until it is done', async () => {
    const journal = memoryJournal(() => Date.now());
    const session = memorySession(journal);
    const begin = (agent: string, role: string) =>
      journal.append({ type: 'agent-started', agent, role, attempt: 1, route: ['p/m'] });
    journal.append(STARTED);
    begin('anna-1', 'anna');
    begin('ben-1', 'ben');
    journal.append({ type: 'agent-doing', agent: 'anna-1', what: 'reads the plan' });
    let told = '';
    const stream = { markdown: (text: vscode.MarkdownString) => (told += text.value) };
    const { token } = new vscode.CancellationTokenSource();
    const mine = ({ role }: { role: string }) => role === 'anna';
    let over = false;
    const log = tellLog({ session, mine }, stream as never, token).then(() => {
      over = true;
    });
    assert.match(told, /anna\\-1.*reads the plan/);
    journal.append({ type: 'agent-doing', agent: 'ben-1', what: 'sleeps' });
    journal.append({ type: 'agent-doing', agent: 'anna-1', what: 'writes a file' });
    await until(() => /writes a file/.test(told));
    assert.equal(over, false);
    journal.append({ type: 'agent-ended', agent: 'anna-1', outcome: 'completed', summary: 'All is written.' });
    await log;
    assert.match(told, /completed.*All is written/);
    assert.doesNotMatch(told, /sleeps|ben/);
  });

  it('ends when somebody stops listening', async () => {
    const journal = memoryJournal(() => Date.now());
    journal.append(STARTED);
    const source = new vscode.CancellationTokenSource();
    const session = memorySession(journal);
    const log = tellLog({ session }, { markdown: () => undefined } as never, source.token);
    source.cancel();
    await log;
    assert.equal(session.listeners, 0);
  });
});

describe('What is handed in to the queue', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder.uri, 'handed-in.txt');
  const controller = vscode.tests.createTestController('orchestrate-test', 'Tests');
  before(async () => {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('one\ntwo\nthree\n'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    controller.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(uri);
  });
  const test = () => {
    const item = controller.createTestItem('adds', 'adds numbers', uri);
    item.range = new vscode.Range(1, 0, 1, 3);
    return item;
  };

  it('is each file once that was chosen, and none from outside of the workspace', () => {
    const outside = vscode.Uri.file('/etc/hosts');
    const { attachments, about } = handedIn(uri, [uri, outside]);
    assert.deepEqual(attachments, [{ kind: 'file', path: 'handed-in.txt' }]);
    assert.equal(about, 'handed-in.txt');
  });

  it('is a test, with what it said when it failed', () => {
    assert.deepEqual(handedIn(test()), {
      attachments: [{ kind: 'test', path: 'handed-in.txt', from: 2, text: 'adds numbers' }],
      wish: 'Make the test "adds numbers" pass',
      about: 'handed-in.txt',
    });
    const message = vscode.TestMessage.diff('they are not equal', '3', '4');
    const [attached] = handedIn({ test: test(), message }).attachments;
    assert.equal(attached?.text, 'adds numbers\nthey are not equal\nexpected 3, got 4');
  });

  it('is what is selected, where the file of the editor is handed in', async () => {
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(0, 0, 2, 0);
    await until(() => vscode.window.activeTextEditor?.selection.isEmpty === false);
    assert.deepEqual(handedIn(uri).attachments, [
      { kind: 'selection', path: 'handed-in.txt', from: 1, to: 2, text: 'one\ntwo\n' },
    ]);
  });
});
