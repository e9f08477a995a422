import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from '../support/answering.ts';
import { ada, bob, type Extension, onDisk, put, ReviewDesk, show, uri } from '../support/review-desk.ts';
import { until } from '../support/until.ts';

const run = (name: string, ...args: unknown[]) => vscode.commands.executeCommand(`orchestrate.review.${name}`, ...args);
const type = (editor: vscode.TextEditor, line: number, text: string) =>
  editor.edit(edit => edit.insert(new vscode.Position(line, 0), text));

describe('the review in the editor', () => {
  let extension: Extension;
  let desk: ReviewDesk;
  let count = 0;
  let path: string;

  before(async () => {
    // In a browser, VS Code saves by itself a second after the last keystroke.
    await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    extension = await ReviewDesk.extension();
  });
  beforeEach(() => {
    path = `review-${++count}.ts`;
    desk = new ReviewDesk(extension);
  });
  afterEach(async () => {
    desk.close();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const hunks = () => desk.changes.peek(path)?.hunks ?? [];

  describe("an agent's write", () => {
    it('into a file that is not open lands on disk', async () => {
      await put(path, 'one\n');
      await desk.write(path, 'one\ntwo\n');
      assert.equal(await onDisk(path), 'one\ntwo\n');
    });

    it('into an open document is there at once, saved, and can be undone', async () => {
      await put(path, 'one\ntwo\n');
      const editor = await show(path);
      await desk.write(path, 'one\nTWO\n');
      assert.equal(editor.document.getText(), 'one\nTWO\n');
      assert.equal(editor.document.isDirty, false);
      assert.equal(await onDisk(path), 'one\nTWO\n');
      assert.equal(hunks().length, 1);
      await vscode.commands.executeCommand('undo');
      assert.equal(editor.document.getText(), 'one\ntwo\n');
      await until(() => hunks().length === 0);
      await vscode.commands.executeCommand('redo');
      await until(() => hunks().length === 1);
      assert.deepEqual(hunks()[0]?.authors, [ada]);
    });

    it('into a document with unsaved text keeps that text, unsaved, and counts it as the user’s', async () => {
      await put(path, 'one\ntwo\nthree\n');
      const editor = await show(path);
      await type(editor, 0, 'mine\n');
      await desk.write(path, 'mine\none\ntwo\nTHREE\n');
      assert.equal(editor.document.getText(), 'mine\none\ntwo\nTHREE\n');
      assert.equal(editor.document.isDirty, true);
      // A command finds the agent's work on disk, and nothing that the user has not saved.
      assert.equal(await onDisk(path), 'one\ntwo\nTHREE\n');
      assert.deepEqual(
        hunks().map(({ current }) => current),
        [{ start: 3, count: 1 }],
      );
      await vscode.commands.executeCommand('undo');
      assert.equal(editor.document.getText(), 'mine\none\ntwo\nthree\n');
      await until(() => hunks().length === 0);
    });

    it('beneath unsaved text is accepted and rejected there, and the user saves over it unasked when they like', async () => {
      await put(path, '1\n2\n3\n4\n5\n6\n7\n');
      const editor = await show(path);
      await type(editor, 3, 'mine\n');
      const text = () => editor.document.getText();
      await desk.write(path, 'A\n2\n3\nmine\n4\n5\n6\nB and more\n');
      assert.equal(await onDisk(path), 'A\n2\n3\n4\n5\n6\nB and more\n');
      const [first, second] = hunks().map(({ id }) => id);
      const views = () => desk.changes.views({ path });
      assert.deepEqual((await desk.changes.accept({ path, hunks: [first as string] }, views())).refused, []);
      assert.equal(await onDisk(path), 'A\n2\n3\n4\n5\n6\nB and more\n');
      assert.deepEqual((await desk.changes.reject({ path, hunks: [second as string] }, views())).refused, []);
      assert.equal(text(), 'A\n2\n3\nmine\n4\n5\n6\n7\n');
      assert.equal(await onDisk(path), 'A\n2\n3\n4\n5\n6\n7\n');
      assert.equal(editor.document.isDirty, true);
      const asked = await answering(() => vscode.commands.executeCommand('workbench.action.files.save'));
      await until(() => !editor.document.isDirty);
      assert.deepEqual(asked.messages, []);
      assert.equal(await onDisk(path), 'A\n2\n3\nmine\n4\n5\n6\n7\n');
    });

    it('beneath unsaved text hides nothing that another tool wrote there: saving over that is asked about', async () => {
      await put(path, '1\n2\n3\n');
      const editor = await show(path);
      await type(editor, 0, 'mine\n');
      await until(() => editor.document.isDirty);
      // As a tool does that knows of no editor.
      await new Promise(resolve => setTimeout(resolve, 20));
      await put(path, '1\n2 by another tool\n3\n');
      await desk.write(path, 'mine\n1\n2\nAAA\n');
      await vscode.commands.executeCommand('workbench.action.files.save');
      assert.equal(editor.document.isDirty, true);
      assert.match((await onDisk(path)) ?? '', /by another tool/);
    });

    it('based on what was there before the user typed is refused', async () => {
      await put(path, 'one\n');
      const seen = (await extension.workspace.read(path))?.hash ?? null;
      const editor = await show(path);
      await type(editor, 0, 'mine\n');
      const result = await desk.changes.agentFiles.write({ path, content: 'two\n', author: ada, seen });
      assert.deepEqual(result.ok ? undefined : result.reason, 'changed-since-read');
      assert.equal(editor.document.getText(), 'mine\none\n');
    });

    it('keeps mark and line ends, open or not', async () => {
      await put(path, '\uFEFFone\r\ntwo\r\n');
      await show(path);
      await desk.write(path, 'one\nTWO\n');
      assert.equal(await onDisk(path), '\uFEFFone\r\nTWO\r\n');
      await put(`mixed-${path}`, 'one\r\ntwo\nthree\r\n');
      await show(`mixed-${path}`);
      await desk.write(`mixed-${path}`, 'one\ntwo\nTHREE\n');
      assert.equal(await onDisk(`mixed-${path}`), 'one\r\ntwo\nTHREE\r\n');
    });

    it('is searched for in unsaved documents, too', async () => {
      await put(path, 'one\n');
      const editor = await show(path);
      await type(editor, 1, 'needle-in-unsaved\n');
      const { hits } = await extension.workspace.search({ pattern: 'needle-in-unsaved', limit: 5 });
      assert.deepEqual(hits, [{ path, line: 2, text: 'needle-in-unsaved' }]);
    });
  });

  describe('each pending hunk', () => {
    it('has a lens that names its author, and accepts or rejects it', async () => {
      await put(path, '1\n2\n3\n4\n5\n6\n7\n');
      await desk.write(path, '1\nA\n3\n4\n5\n6\n7\n', ada);
      await desk.write(path, '1\nA\n3\n4\n5\nB\n7\n', bob);
      const editor = await show(path);
      const lenses = await desk.lenses(path);
      assert.deepEqual(
        lenses.map(({ line, title }) => `${line} ${title}`),
        [
          '0 2 changes in this file',
          '0 Accept File',
          '0 Reject File',
          '1 Accept',
          '1 Reject',
          '1 Reject with a Reason…',
          '1 from frontend-specialist (anthropic/opus)',
          '5 Accept',
          '5 Reject',
          '5 Reject with a Reason…',
          '5 from backend-specialist (openai/gpt)',
        ],
      );
      await lenses[4]?.run();
      assert.equal(editor.document.getText(), '1\n2\n3\n4\n5\nB\n7\n');
      const [accept] = await desk.lenses(path);
      await accept?.run();
      assert.equal(hunks().length, 0);
      assert.equal(await onDisk(path), '1\n2\n3\n4\n5\nB\n7\n');
    });

    it('moves with what the user types above it, and is still the same to decide on', async () => {
      await put(path, '1\n2\n3\n');
      await desk.write(path, '1\n2\nA\n');
      const editor = await show(path);
      await type(editor, 0, 'x\ny\n');
      await until(async () => (await desk.lenses(path))[0]?.line === 4);
      const [accept] = await desk.lenses(path);
      await accept?.run();
      assert.equal(hunks().length, 0);
      assert.equal(editor.document.getText(), 'x\ny\n1\n2\nA\n');
    });

    it('refuses a decision on a view that is out of date', async () => {
      await put(path, '1\n2\n3\n');
      await desk.write(path, '1\n2\nA\n');
      const [, reject] = await desk.lenses(path);
      await put(path, '0\n1\n2\nA\n');
      const asked = await answering(() => reject?.run());
      assert.match(asked.messages[0] ?? '', /moved since you looked/);
      assert.equal(await onDisk(path), '0\n1\n2\nA\n');
      assert.equal(hunks().length, 1);
    });

    it('asks what becomes of the user’s edits inside of it', async () => {
      await put(path, '1\n2\n');
      await desk.write(path, 'A\nB\nC\n2\n');
      const editor = await show(path);
      await editor.edit(edit => edit.insert(new vscode.Position(1, 1), '!'));
      await until(async () => (await desk.lenses(path)).at(-1)?.title.endsWith('edited by you'));
      const [, reject] = await desk.lenses(path);
      const previews = () =>
        vscode.window.visibleTextEditors.flatMap(({ document }) =>
          document.uri.scheme === 'orchestrate-preview' ? [document.getText()] : [],
        );
      const shows = (text: string) => until(() => previews()[0] === text);
      const left = reject?.run();
      // What each choice does is there to be seen before it is made.
      await shows('1\nB!\n2\n');
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      assert.equal(await left, false);
      assert.equal(editor.document.getText(), 'A\nB!\nC\n2\n');
      const rejected = reject?.run();
      await shows('1\nB!\n2\n');
      await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
      await shows('1\n2\n');
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.equal(await rejected, true);
      assert.equal(editor.document.getText(), '1\n2\n');
      assert.deepEqual(previews(), []);
    });

    it('comes back when its rejection is undone', async () => {
      await put(path, '1\n2\n');
      await desk.write(path, '1\nA\n');
      const editor = await show(path);
      const [, reject] = await desk.lenses(path);
      await reject?.run();
      assert.equal(editor.document.getText(), '1\n2\n');
      await vscode.commands.executeCommand('undo');
      await until(() => hunks().length === 1);
      assert.deepEqual(hunks()[0]?.authors, [ada]);
    });

    it('is rejected by taking it out with other means, and the agent is told why if that is said', async () => {
      await put(path, '1\n2\n3\n');
      await desk.write(path, '1\nA\n3\n');
      const editor = await show(path);
      const asked = await answering(
        async () => {
          // As the arrow between the sides of a diff does it.
          await editor.edit(edit => edit.replace(new vscode.Range(1, 0, 2, 0), '2\n'));
          await until(() => desk.fixRounds.length === 1);
        },
        { button: 'Add a Reason…', input: 'two is enough' },
      );
      assert.deepEqual(asked.messages, [`Rejected 1 change in ${path}.`]);
      assert.deepEqual(desk.fixRounds[0], { agent: 'agent-1', task: 'ui', path, text: 'two is enough' });
      assert.equal(desk.journal.of('review-intent')[0]?.action, 'reject');
      assert.equal(hunks().length, 0);
    });

    it('is decided from the peek of the gutter, which names lines', async () => {
      await put(path, '1\n2\n3\n4\n');
      await desk.write(path, 'A\n2\n4\n');
      const changed = { originalStartLineNumber: 1, originalEndLineNumber: 1, modifiedStartLineNumber: 1 };
      const gone = { originalStartLineNumber: 3, originalEndLineNumber: 3, modifiedStartLineNumber: 2 };
      const changes = [
        { ...changed, modifiedEndLineNumber: 1 },
        { ...gone, modifiedEndLineNumber: 0 },
      ];
      await run('rejectHunk', uri(path), changes, 1);
      assert.equal(await onDisk(path), 'A\n2\n3\n4\n');
      await run('acceptHunk', uri(path), changes, 0);
      assert.equal(await onDisk(path), 'A\n2\n3\n4\n');
      assert.equal(hunks().length, 0);
    });

    it('waits again when git takes it away and brings it back', async () => {
      await put(path, '1\n2\n');
      await desk.write(path, '1\nA\n');
      await show(path);
      await put(path, '1\n2\n');
      await until(() => hunks().length === 0);
      assert.deepEqual(desk.journal.of('review-intent'), [], 'nobody has decided');
      await put(path, '0\n1\nA\n');
      await until(() => hunks().length === 1);
      assert.deepEqual(hunks()[0]?.authors, [ada]);
    });

    it('leads on to the next one once it is decided, in the next file if need be', async () => {
      await put(`a-${path}`, '1\n2\n3\n4\n');
      await put(`b-${path}`, '1\n2\n');
      await desk.write(`a-${path}`, 'A\n2\n3\nB\n');
      await desk.write(`b-${path}`, '1\nC\n');
      await run('open');
      const here = () => {
        const editor = vscode.window.activeTextEditor;
        return `${vscode.workspace.asRelativePath(editor?.document.uri ?? '')}:${editor?.selection.active.line}`;
      };
      await until(() => here() === `a-${path}:0`);
      assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
      await run('rejectHunk');
      await until(() => here() === `a-${path}:3`);
      await run('acceptHunk');
      await until(() => here() === `b-${path}:1`);
      assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
      await run('openFile');
      assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText);
    });

    it('is decided at the cursor from the keyboard', async () => {
      await put(path, '1\n2\n3\n4\n5\n');
      await desk.write(path, 'A\n2\n3\n4\nB\n');
      const editor = await show(path);
      editor.selection = new vscode.Selection(4, 0, 4, 0);
      await run('rejectHunk');
      assert.equal(editor.document.getText(), 'A\n2\n3\n4\n5\n');
    });
  });

  describe('whole files', () => {
    it('that are new go with their rejection, and deleted ones come back', async () => {
      await put(path, 'gone\n');
      await desk.write(path, null);
      await desk.write(`new-${path}`, 'new\n');
      assert.equal(await onDisk(path), undefined);
      await run('rejectFile', uri(path));
      await run('rejectFile', uri(`new-${path}`));
      assert.equal(await onDisk(path), 'gone\n');
      assert.equal(await onDisk(`new-${path}`), undefined);
      assert.deepEqual(desk.changes.pendingFiles(), []);
    });

    it('that the user deletes are no longer pending', async () => {
      await put(path, '1\n');
      await desk.write(path, '2\n');
      await vscode.workspace.fs.delete(uri(path));
      await until(() => desk.changes.pendingFiles().length === 0);
    });

    it('that the user renames take their changes along', async () => {
      await put(`folder-${path}/${path}`, '1\n');
      await desk.write(`folder-${path}/${path}`, '2\n');
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(uri(`folder-${path}`), uri(`moved-${path}`));
      assert.ok(await vscode.workspace.applyEdit(edit));
      await until(() => desk.changes.pendingFiles()[0]?.path === `moved-${path}/${path}`);
      await run('rejectFile', uri(`moved-${path}/${path}`));
      assert.equal(await onDisk(`moved-${path}/${path}`), '1\n');
    });

    it('that another tool writes are looked at again', async () => {
      await put(path, '1\n2\n3\n');
      await desk.write(path, '1\n2\nA\n');
      await put(path, 'other\n1\n2\nA\n');
      await until(() => hunks()[0]?.current.start === 3);
    });

    it('are shown against their baseline, the right side editable', async () => {
      await put(path, '1\n2\n');
      await desk.write(path, '1\nA\n');
      await run('openDiff', path);
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputTextDiff);
      assert.equal((await vscode.workspace.openTextDocument(input.original)).getText(), '1\n2\n');
      assert.equal(input.modified.toString(), uri(path).toString());
      await until(() => vscode.window.activeTextEditor?.document.uri.toString() === uri(path).toString());
      assert.equal(
        await vscode.window.activeTextEditor?.edit(edit => edit.insert(new vscode.Position(0, 0), 'x')),
        true,
      );
      await run('acceptFile');
      assert.deepEqual(desk.changes.pendingFiles(), []);
    });

    it('are shown all together, new and deleted ones too', async () => {
      await put(path, '1\n');
      await put(`gone-${path}`, '1\n');
      await desk.write(path, 'A\n');
      await desk.write(`gone-${path}`, null);
      await desk.write(`new-${path}`, 'x\n');
      await run('openAllDiffs');
      await until(
        () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith('Waiting for Review') ?? false,
      );
    });

    it('are gone through change by change, from the last of one to the first of the next', async () => {
      await put(`a-${path}`, '1\n2\n3\n4\n5\n');
      await put(`b-${path}`, '1\n2\n3\n');
      await desk.write(`a-${path}`, 'A\n2\n3\n4\nA\n');
      await desk.write(`b-${path}`, '1\nB\n3\n');
      const here = () => {
        const editor = vscode.window.activeTextEditor;
        return `${vscode.workspace.asRelativePath(editor?.document.uri ?? '')}:${editor?.selection.active.line}`;
      };
      const places = [];
      for (const way of ['nextChange', 'nextChange', 'nextChange', 'nextChange', 'previousChange', 'previousChange']) {
        await run(way);
        places.push(here());
      }
      assert.deepEqual(places, [
        `a-${path}:0`,
        `a-${path}:4`,
        `b-${path}:1`,
        `a-${path}:0`,
        `b-${path}:1`,
        `a-${path}:4`,
      ]);
    });
  });

  describe('a rejection with a reason', () => {
    it('takes the change out and leaves the reason in the journal, where the team finds it', async () => {
      await put(path, '1\n');
      await desk.write(path, 'A\n');
      const asked = await answering(() => run('rejectWithReasonFile', uri(path)), { input: ' not like this ' });
      assert.equal(asked.inputs, 1);
      assert.equal(await onDisk(path), '1\n');
      const [intent] = desk.journal.of('review-intent');
      assert.equal(intent?.reason, 'not like this');
      assert.deepEqual(intent?.authors, [ada]);
    });
  });

  it('says once how much waits when a session is done, and accepts it all on demand', async () => {
    const budget = { alertAt: 0.8 };
    const started = { session: `s-${count}`, goal: 'x', version: '1', workspace: '/', rehearsal: true, budget };
    desk.journal.append({ type: 'session-started', ...started });
    await put(path, '1\n');
    await desk.write(path, 'A\n');
    // A timer set after the views' own comes after theirs: they have seen the session run.
    await new Promise(resolve => setTimeout(resolve, 200));
    const asked = await answering(
      async () => {
        desk.journal.append({ type: 'session-ended', outcome: 'completed', reason: 'done' });
        await until(() => desk.changes.pendingFiles().length === 0);
      },
      { button: 'Accept All' },
    );
    assert.deepEqual(asked.messages, ['1 file, 1 change waits for review.']);
  });

  it('lists 500 pending files and accepts them all', async function () {
    this.timeout(180_000);
    const paths = Array.from({ length: 500 }, (_, index) => `many/${path}-${index}.ts`);
    for (const one of paths) await desk.write(one, `export const x = '${one}';\n`);
    await vscode.commands.executeCommand('orchestrate.review.focus');
    await run('acceptAll');
    assert.deepEqual(desk.changes.pendingFiles(), []);
  });
});
