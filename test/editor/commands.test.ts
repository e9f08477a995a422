import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FolderReview } from '../../src/editor/review/folder-review.ts';
import type { SessionController } from '../../src/editor/session-controller.ts';
import type { WindowSession } from '../../src/editor/window-session.ts';
import { boxThatIsLeft } from '../support/answering.ts';
import { until } from '../support/until.ts';

type Shown = 'message' | 'pick' | 'input' | 'dialog' | 'tab' | 'decision';

/** What came up while a command ran, with nobody choosing anything but the named button. */
interface Seen {
  what: Set<Shown>;
  texts: string[];
}

const tabs = () => vscode.window.tabGroups.all.flatMap(group => group.tabs).map(({ label }) => label);

async function seenWhile(command: string, button?: string): Promise<Seen> {
  const seen: Seen = { what: new Set(), texts: [] };
  const note = (what: Shown, text: string) => {
    seen.what.add(what);
    seen.texts.push(text);
  };
  const message = async (text: string) => {
    note('message', text);
    return button;
  };
  const stand = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showQuickPick: async (items: unknown, options?: { title?: string }) => {
      assert.ok(((await items) as unknown[]).length > 0, `${command} lets people choose from nothing`);
      note('pick', options?.title ?? '');
    },
    showInputBox: async (options?: { title?: string }) => note('input', options?.title ?? ''),
    createInputBox: () => boxThatIsLeft(title => note('input', title)),
    showOpenDialog: async (options?: { title?: string }) => note('dialog', options?.title ?? ''),
  };
  const real = Object.fromEntries(Object.keys(stand).map(name => [name, Reflect.get(vscode.window, name)]));
  const before = tabs().join('\n');
  Object.assign(vscode.window, stand);
  try {
    await vscode.commands.executeCommand(command);
    if (tabs().join('\n') !== before) seen.what.add('tab');
  } finally {
    Object.assign(vscode.window, real);
  }
  return seen;
}

/** Their effect is not one of those that are looked for here. */
const ELSEWHERE = new Map([
  ['orchestrate.showLog', 'opens the panel'],
  ['orchestrate.openInBrowser', 'opens a browser beside the window'],
  ['orchestrate.review.groupByTask', 'orders a view that may be empty'],
  ['orchestrate.review.groupByAgent', 'orders a view that may be empty'],
  ['orchestrate.startDemo', 'begins the session that the other commands are tried on'],
]);

describe('every command', function () {
  this.timeout(180_000);
  // Each goes on where the one before ended.
  this.retries(0);
  let controller: SessionController;
  let review: FolderReview;
  let names: string[];
  const failures: unknown[] = [];
  const failed = (error: unknown) => failures.push(error);
  const pending = () => review.reviews.sessions.flatMap(({ changes }) => changes.pendingFiles()).length;
  const session = () => controller.sessions[0] as WindowSession;
  const closeAll = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

  before(async () => {
    process.on('unhandledRejection', failed);
    const extension = vscode.extensions.getExtension('orchestrate.orchestrate');
    assert.ok(extension);
    ({ controller, review } = await extension.activate());
    names = extension.packageJSON.contributes.commands.map(({ command }: { command: string }) => command);
    await closeAll();
  });
  after(async () => {
    process.off('unhandledRejection', failed);
    await closeAll();
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await until(() => !controller.sessions.some(({ running }) => running));
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.orchestrate'), { recursive: true });
    await controller.look();
    assert.deepEqual(controller.sessions, []);
  });

  it('of the manifest is registered', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      names.filter(name => !registered.has(name)),
      [],
    );
  });

  /** Runs all of them; each either does something that is seen or says in a sentence why not. */
  async function tryAll(without: readonly string[] = []): Promise<Map<string, Seen>> {
    const all = new Map<string, Seen>();
    for (const name of names.filter(name => !ELSEWHERE.has(name) && !without.includes(name))) {
      const before = tabs().join('\n');
      const waiting = pending();
      const seen = await seenWhile(name);
      all.set(name, seen);
      if (name.endsWith('acceptAll') && pending() < waiting) seen.what.add('decision');
      // A preview comes up a moment later.
      if (seen.what.size === 0) {
        await until(() => tabs().join('\n') !== before).catch(() =>
          assert.fail(`${name} does nothing and says nothing`),
        );
        seen.what.add('tab');
      }
      for (const text of seen.texts) assert.match(text, /\w\w/, `${name} shows nothing readable`);
      await closeAll();
    }
    for (const name of [...ELSEWHERE.keys()].filter(name => name !== 'orchestrate.startDemo')) await seenWhile(name);
    assert.deepEqual(failures, []);
    return all;
  }
  const said = (all: Map<string, Seen>, name: string) => all.get(`orchestrate.${name}`)?.texts.join('\n') ?? '';

  it('does its thing or says why not: without a session', async () => {
    const all = await tryAll();
    assert.match(said(all, 'askForMore'), /No session is finished/);
    assert.match(said(all, 'review.acceptAll'), /Nothing waits for review/);
    assert.match(said(all, 'review.acceptHunk'), /No change waits for review at the cursor/);
    assert.match(said(all, 'review.acceptNode'), /Choose a row/);
    assert.match(said(all, 'review.dismissFinding'), /Choose this on a finding/);
    assert.ok(all.get('orchestrate.openDashboard')?.what.has('tab'));
  });

  it('does its thing or says why not: while a plan waits', async () => {
    await vscode.commands.executeCommand('orchestrate.startDemo');
    assert.equal(session().state.status, 'awaiting-approval');
    await closeAll();
    const all = await tryAll(['orchestrate.pause', 'orchestrate.continue']);
    assert.ok(all.get('orchestrate.plan.approve')?.what.has('tab'), 'a plan that nobody sees is shown first');
    assert.match(said(all, 'abort'), /Abort this session\?/);
    assert.match(said(all, 'askForMore'), /No session is finished/);
    assert.equal(session().state.status, 'awaiting-approval', 'a question that is put away changes nothing');

    await vscode.commands.executeCommand('orchestrate.answer');
    await until(() => vscode.window.activeTextEditor?.document.fileName.endsWith('plan.yaml'));
    assert.deepEqual((await seenWhile('orchestrate.plan.revise')).texts, ['Revise the Plan']);
    await vscode.commands.executeCommand('orchestrate.plan.approve');
    assert.ok(session().state.planApproved);
  });

  it('does its thing or says why not: while the team works, and while it is paused', async () => {
    await until(() => [...session().state.agents.values()].some(({ status }) => status === 'running'));
    await vscode.commands.executeCommand('orchestrate.pause');
    assert.equal(session().state.status, 'paused');
    await closeAll();
    // What is said to be impossible: it is paused already.
    assert.match((await seenWhile('orchestrate.pause')).texts.join(), /No session runs/);
    const all = await tryAll(['orchestrate.continue', 'orchestrate.pause']);
    assert.match(said(all, 'queueTask'), /Queue Task/);
    assert.match(said(all, 'raiseBudget'), /Budget/);
    assert.match(said(all, 'openTranscript'), /Open Transcript/);
    await vscode.commands.executeCommand('orchestrate.continue');
    assert.notEqual(session().state.status, 'paused');
    assert.match((await seenWhile('orchestrate.continue')).texts.join(), /No session is paused/);
  });

  it('does its thing or says why not: when the session is over', async () => {
    const aborted = seenWhile('orchestrate.abort', 'Abort');
    assert.match((await aborted).texts.join(), /Abort this session\?/);
    await until(() => session().state.status === 'ended' && !session().running);
    const all = await tryAll();
    assert.match(said(all, 'abort'), /No session runs/);
    assert.match(said(all, 'resumeSession'), /no session to resume/);
    assert.match(said(all, 'askForMore'), /scripted and know nothing more/);
    assert.ok(all.get('orchestrate.showReport')?.what.has('tab'));
    assert.ok(all.get('orchestrate.openSessionLog')?.what.has('tab'));
  });
});

describe('Open Dashboard in Browser', () => {
  it('opens an address that signs in once, behind which are the sessions of this window', async () => {
    const opened: string[] = [];
    const { openExternal } = vscode.env;
    Object.assign(vscode.env, { openExternal: async (uri: vscode.Uri) => opened.push(uri.toString(true)) });
    try {
      await vscode.commands.executeCommand('orchestrate.openInBrowser');
    } finally {
      Object.assign(vscode.env, { openExternal });
    }
    const [, url = '', token] = /^(http:\/\/[^/]+)\/#token=(once-[\w-]+)$/.exec(opened[0] ?? '') ?? [];
    assert.ok(token, opened[0]);
    assert.match(await (await fetch(url)).text(), /assets\/browser\.js/);
    const signIn = () =>
      fetch(`${url}/api/v1/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    const first = await signIn();
    const { key } = (await first.json()) as { key: string };
    const [cookie = ''] = first.headers.getSetCookie()[0]?.split(';') ?? [];
    const listed = await fetch(`${url}/api/v1/workspaces`, { headers: { cookie, 'x-orchestrate-key': key } });
    const { items } = (await listed.json()) as { items: { folder: string; readOnly: boolean }[] };
    assert.deepEqual(
      items.map(({ folder, readOnly }) => [folder, readOnly]),
      [[vscode.workspace.workspaceFolders?.[0]?.uri.fsPath, false]],
    );
    assert.equal((await signIn()).status, 401, 'the address was good once');
    assert.equal((await fetch(`${url}/api/v1/sessions`)).status, 401);
  });
});
