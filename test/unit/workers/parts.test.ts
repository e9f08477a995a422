import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { workerCopies } from '../../../src/workers/copies.ts';
import { placeOf, writeInside } from '../../../src/workers/places.ts';
import { findProgram } from '../../../src/workers/program.ts';
import { ToolUses, usageOf } from '../../../src/workers/read.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const here = AbortSignal.timeout(600_000);

describe('a copy of the workspace', () => {
  const folder = tempFolder();
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  };
  const copied = async () => {
    await mkdir(join(folder.path, 'tmp'));
    return workerCopies(new NodeWorkspace(join(folder.path, 'work')), join(folder.path, 'tmp')).make(here);
  };

  it('holds what ignore rules leave, and no secrets, links, or settings of CLI agents', async () => {
    const files = [
      'a.txt',
      '.gitignore',
      'dist/x.js',
      'node_modules/m/i.js',
      '.env',
      '.claude/settings.json',
      '.mcp.json',
      '.Gemini/settings.json',
      'sub/.CODEX/config.toml',
    ];
    for (const path of files) await put(`work/${path}`, path === '.gitignore' ? 'dist/\n' : 'x');
    await put('work/run.sh', '#!/bin/sh\n');
    await chmod(join(folder.path, 'work/run.sh'), 0o755);
    await symlink('a.txt', join(folder.path, 'work/link.txt'));
    const copy = await copied();
    assert.ok(copy);
    assert.deepEqual(await copy.changes(), []);
    for (const path of ['a.txt', '.gitignore', 'run.sh'])
      assert.ok((await stat(join(copy.folder, path))).isFile(), path);
    for (const path of [...files.slice(2), 'link.txt']) await assert.rejects(stat(join(copy.folder, path)), path);
    if (process.platform !== 'win32') assert.ok((await stat(join(copy.folder, 'run.sh'))).mode & 0o100);
    await copy.remove();
    await assert.rejects(stat(copy.folder));
  });

  it('tells what is new, changed and gone, whatever its ignore rules say by then, and follows no link', async () => {
    for (const path of ['a.txt', 'b.txt', 'c/d.txt', 'e/f.txt']) await put(`work/${path}`, path);
    await put('outside/f.txt', 'a secret of somebody');
    const copy = await copied();
    assert.ok(copy);
    const at = (path: string) => join(copy.folder, path);
    await writeFile(at('.gitignore'), '*.txt\nnew/\n');
    await writeFile(at('a.txt'), 'changed');
    await mkdir(at('new'));
    await writeFile(at('new/x.txt'), 'ignored');
    await rm(at('b.txt'));
    await rm(at('e'), { recursive: true });
    await symlink(join(folder.path, 'outside'), at('e'));
    await symlink('/etc/hosts', at('hosts'));
    await mkdir(at('.codex'));
    await writeFile(at('.codex/state'), 'x');
    const changes = await copy.changes();
    assert.deepEqual(
      changes.map(({ path, before, after }) => [path, before !== null, after !== null]),
      [
        ['.gitignore', false, true],
        ['a.txt', true, true],
        ['b.txt', true, false],
      ],
    );
  });
});

describe('a program', () => {
  const folder = tempFolder();
  it('is found by its name on the PATH or by its full path, never from where one stands', async () => {
    const path = join(folder.path, 'agent');
    await writeFile(path, '');
    const environment = { PATH: ['relative', folder.path].join(delimiter) };
    if (process.platform !== 'win32') assert.equal(await findProgram('agent', environment, false), undefined);
    await chmod(path, 0o755);
    assert.equal(await findProgram('agent', environment, false), path);
    assert.equal(await findProgram(path, {}, false), path);
    assert.equal(await findProgram('./agent', environment, false), undefined);
    assert.equal(await findProgram('nobody', environment, false), undefined);
  });

  it('has an extension on Windows, in the order that the system says', async () => {
    for (const name of ['agent', 'agent.cmd', 'other.exe']) await writeFile(join(folder.path, name), '');
    const environment = { Path: folder.path, PATHEXT: '.EXE;.CMD' };
    assert.equal(await findProgram('agent', environment, true), join(folder.path, 'agent.cmd'));
    assert.equal(await findProgram('other', environment, true), join(folder.path, 'other.exe'));
    assert.equal(await findProgram('other.exe', environment, true), join(folder.path, 'other.exe'));
  });
});

describe('what a CLI agent tells', () => {
  it('of a command is read from its fields, whatever kind of use it is called', () => {
    const uses = new ToolUses('/copy');
    const told = (kind: 'other' | 'read' | 'edit' | undefined, rawInput: object) => {
      const { kind: taken, command } = uses.take({
        toolCallId: JSON.stringify([kind, rawInput]),
        title: 'tool',
        ...(kind && { kind }),
        rawInput,
      });
      return [taken, command];
    };
    assert.deepEqual(told('other', { command: 'rm -rf ..' }), ['execute', 'rm -rf ..']);
    assert.deepEqual(told(undefined, { command: 'touch /tmp/x', description: 'Touch' }), ['execute', 'touch /tmp/x']);
    assert.deepEqual(told('read', { command: ['bash', '-lc', 'cat a > b'] }), ['execute', 'cat a > b']);
    assert.deepEqual(told('edit', { command: 'str_replace', path: '/copy/a.ts' }), ['edit', undefined]);
    for (const field of ['cwd', 'workdir', 'directory', 'dir_path']) {
      const [, where] = [1, 2].map(
        () => uses.take({ toolCallId: field, title: 't', rawInput: { command: 'ls', [field]: '/copy/docs' } }).at,
      );
      assert.deepEqual(where, { inside: true, path: 'docs' });
    }
    assert.deepEqual(uses.take({ toolCallId: 'x', title: 't', rawInput: { command: 'ls', cwd: '/etc' } }).at, {
      inside: false,
      path: '/etc',
    });
  });

  const folder = tempFolder();
  it('of paths is taken by where they lie', async () => {
    assert.deepEqual(placeOf('/copy', '/copy/a/b.txt'), { inside: true, path: 'a/b.txt' });
    assert.deepEqual(placeOf('/copy', 'a/../b.txt'), { inside: true, path: 'b.txt' });
    for (const path of ['/copyright', '../x', '/copy/../x', '/etc/hosts']) {
      assert.deepEqual(placeOf('/copy', path), { inside: false, path });
    }
    assert.deepEqual(placeOf('/copy', '/copy/..x'), { inside: true, path: '..x' });
    await mkdir(join(folder.path, 'in'));
    await mkdir(join(folder.path, 'out'));
    await symlink(join(folder.path, 'out'), join(folder.path, 'in/link'));
    assert.equal(await writeInside(join(folder.path, 'in'), 'a/b.txt', 'x'), true);
    assert.equal(await readFile(join(folder.path, 'in/a/b.txt'), 'utf8'), 'x');
    assert.equal(await writeInside(join(folder.path, 'in'), 'link/b.txt', 'x'), false);
    await assert.rejects(stat(join(folder.path, 'out/b.txt')));
  });

  it('of tokens is read from where each tells it; what is not told is unknown', () => {
    const of = (response: object) => usageOf({ stopReason: 'end_turn', ...response });
    assert.deepEqual(of({ usage: { inputTokens: 5, outputTokens: 2, cachedReadTokens: 3 } }), {
      input: 5,
      output: 2,
      cacheRead: 3,
    });
    assert.deepEqual(of({ _meta: { quota: { token_count: { input_tokens: 5, output_tokens: 2 } } } }), {
      input: 5,
      output: 2,
    });
    assert.deepEqual(of({ _meta: { usage: { inputTokens: 1, outputTokens: 2 } } }), { input: 1, output: 2 });
    assert.equal(of({}), undefined);
    assert.equal(of({ usage: null }), undefined);
    assert.equal(of({ usage: { inputTokens: 0, outputTokens: 0 } }), undefined, 'cut off before it counted');
  });

  it('of one use of a tool comes in pieces', () => {
    const uses = new ToolUses('/copy');
    const first = uses.take({ toolCallId: 't', title: 'Terminal', kind: 'execute' });
    assert.deepEqual([first.kind, first.command, first.status], ['execute', undefined, 'running']);
    const second = uses.take({
      toolCallId: 't',
      title: 'ls /copy/src',
      rawInput: { command: ['bash', '-lc', 'ls src'] },
    });
    assert.deepEqual([second.kind, second.command, second.title], ['execute', 'ls src', 'ls src']);
    const third = uses.take({ toolCallId: 't', status: 'completed', locations: [{ path: '/copy/src/a.ts' }] });
    assert.deepEqual([third.command, third.status], ['ls src', 'completed']);
    assert.deepEqual(third.paths, [{ inside: true, path: 'src/a.ts' }]);
    const words = uses.take({ toolCallId: 'u', title: 'x', rawInput: { command: ['echo', "it's; rm"] } });
    assert.equal(words.command, `echo 'it'\\''s; rm'`);
  });
});
