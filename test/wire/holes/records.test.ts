import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CanonicalRequest } from '../../../src/rehearsal/wire/types.ts';
import { treeChanges, treeOf } from '../../support/file-tree.ts';
import { codeOf, program, terminalLab } from '../../support/terminal-lab.ts';
import { endServers } from '../../support/wire.ts';

/** A team of one that writes a file. */
function writer({ tools, messages }: CanonicalRequest) {
  if (tools.some(tool => tool.name === 'propose_plan')) {
    const only = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'] };
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [only] } }] };
  }
  const write = { name: 'write_file', args: { path: 'new.txt', content: 'new\n' } };
  const finish = { name: 'finish_task', args: { summary: 'Done.' } };
  return { toolCalls: [messages.some(({ role }) => role === 'assistant') ? finish : write] };
}

interface Lab {
  workspace: string;
  outside: string;
  /** What is not the workspace's, as it was. */
  changes(): Promise<string[]>;
  orchestrate(...args: string[]): Promise<{ code: number; said: string }>;
}

/** A clone with something planted in it beside an old file of somebody's that must not go. */
async function lab(plant: (workspace: string, outside: string) => Promise<void>, use: (lab: Lab) => Promise<void>) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-links-')));
  try {
    const { workspace, run } = await terminalLab(folder, writer);
    const outside = join(folder, 'outside');
    for (const path of [
      'precious.txt',
      '.precious.txt.0123456789ab.tmp',
      '.tmp-0123456789ab',
      'deep/events.jsonl',
      'deep/1.json',
    ]) {
      await mkdir(dirname(join(outside, path)), { recursive: true });
      await writeFile(join(outside, path), `${path}\n`);
      await utimes(join(outside, path), 0, 0);
    }
    await plant(workspace, outside);
    const before = await treeOf(outside);
    await use({
      workspace,
      outside,
      changes: async () => treeChanges(before, await treeOf(outside)),
      orchestrate: async (...args) => {
        const child = run(process.execPath, [program, ...args]);
        let said = '';
        for (const out of [child.stdout, child.stderr]) out.on('data', text => (said += text));
        // What hangs is what is looked for: it ends here, and fails by its code.
        const late = setTimeout(() => child.kill('SIGKILL'), 45_000);
        const code = await codeOf(child);
        clearTimeout(late);
        return { code: code ?? -1, said };
      },
    });
  } finally {
    await endServers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function link(target: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await symlink(target, at);
}
const SESSION = '20990101-000000-aaaa';
const GOAL = `{"v":1,"seq":1,"at":1,"type":"session-started","session":"${SESSION}","goal":"From the clone","version":"1","workspace":"/w","rehearsal":false,"budget":{"alertAt":0.8}}\n`;
async function session(workspace: string): Promise<string> {
  const folder = join(workspace, '.orchestrate/sessions', SESSION);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'events.jsonl'), GOAL);
  return folder;
}

describe('what a clone brings in .orchestrate', function () {
  this.timeout(180_000);
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  for (const [what, path, target] of [
    ['.orchestrate', '.orchestrate', '..'],
    ['.orchestrate, in a way that leads back inside', '.orchestrate', '../outside/../outside'],
    ['sessions', '.orchestrate/sessions', '../../outside'],
    ['sessions, by a link to a link', '.orchestrate/sessions', 'way'],
  ] as const)
    it(`as a link in the place of ${what}: no session is put at its end, and it is said why`, () =>
      lab(
        async (workspace, outside) => {
          if (target === 'way') await link(outside, join(workspace, '.orchestrate/way'));
          await link(target === '..' ? outside : target, join(workspace, path));
        },
        async ({ changes, orchestrate, workspace }) => {
          const { code, said } = await orchestrate('run', 'Do it', '--yes', '--json');
          assert.notEqual(code, 0);
          assert.match(said, new RegExp(`${join(workspace, path)} is a link, or no folder, which is never followed`));
          for (const command of ['list', 'status', 'changes', 'logs', 'resume']) {
            const { code: other } = await orchestrate(command);
            assert.ok(other === 0 || other === 1 || other === 2, `${command}: ${other}`);
          }
          assert.deepEqual(await changes(), []);
        },
      ));

  it('as a link in the place of the folder for half-made files: nothing is swept at its end, and work goes on', () =>
    lab(
      (workspace, outside) => link(outside, join(workspace, '.orchestrate/sessions/.workshop')),
      async ({ changes, orchestrate, workspace }) => {
        const { code, said } = await orchestrate('run', 'Do it', '--yes', '--json');
        assert.equal(code, 0, said);
        assert.ok((await readdir(workspace)).includes('new.txt'));
        assert.deepEqual(await changes(), []);
      },
    ));

  it('as a link in the place of a session: it is not there', () =>
    lab(
      (workspace, outside) => link(join(outside, 'deep'), join(workspace, '.orchestrate/sessions', SESSION)),
      async ({ changes, orchestrate }) => {
        assert.match((await orchestrate('list')).said, /No sessions/);
        assert.equal((await orchestrate('resume', SESSION)).code, 2);
        assert.equal((await orchestrate('run', 'Do it', '--yes', '--json')).code, 0);
        assert.deepEqual(await changes(), []);
      },
    ));

  for (const name of ['blobs', 'inbox', 'lock'])
    it(`as a link in the place of a session’s ${name}: nothing is read, written or cleared at its end`, () =>
      lab(
        async (workspace, outside) => link(join(outside, 'deep'), join(await session(workspace), name)),
        async ({ changes, orchestrate }) => {
          for (const args of [
            ['list'],
            ['status', SESSION],
            ['changes', SESSION],
            ['adopt', SESSION, '--yes'],
            ['pause', SESSION],
            ['accept', SESSION, '--yes'],
            ['resume', SESSION, '--yes'],
          ])
            assert.notEqual((await orchestrate(...args)).code, -1, args.join(' '));
          assert.deepEqual(await changes(), []);
        },
      ));

  for (const [what, target] of [
    ['an endless device', '/dev/zero'],
    ['a device of nothing', '/dev/null'],
    ['the random device', '/dev/urandom'],
    ['a terminal', '/dev/tty'],
    ['the memory of the process', '/proc/self/mem'],
    ['a file elsewhere', '../../../../outside/deep/events.jsonl'],
    ['a pipe', 'pipe'],
    ['a folder', 'folder'],
    ['itself', 'events.jsonl'],
  ])
    it(`a journal that is ${what} neither hangs nor fills the memory`, () =>
      lab(
        async workspace => {
          const at = join(workspace, '.orchestrate/sessions', SESSION);
          await mkdir(at, { recursive: true });
          if (target === 'pipe') execFileSync('mkfifo', [join(at, 'events.jsonl')]);
          else if (target === 'folder') await mkdir(join(at, 'events.jsonl'));
          else await symlink(target as string, join(at, 'events.jsonl'));
        },
        async ({ changes, orchestrate }) => {
          for (const args of [
            ['list'],
            ['status', SESSION],
            ['logs', SESSION],
            ['adopt', SESSION, '--yes'],
            ['resume', SESSION],
          ])
            assert.notEqual((await orchestrate(...args)).code, -1, `${args.join(' ')} hangs`);
          assert.deepEqual(await changes(), []);
        },
      ));

  for (const [what, target] of [
    ['an endless device', '/dev/zero'],
    ['a pipe', 'pipe'],
    ['a file elsewhere', '../../outside/precious.txt'],
  ])
    it(`a configuration that is ${what} is not read, neither hangs nor fills the memory, and it is said`, () =>
      lab(
        async workspace => {
          const at = join(workspace, '.orchestrate/config.yaml');
          await mkdir(join(workspace, '.orchestrate'), { recursive: true });
          if (target === 'pipe') execFileSync('mkfifo', [at]);
          else await symlink(target as string, at);
        },
        async ({ changes, orchestrate }) => {
          for (const args of [['run', 'Do it', '--yes'], ['doctor'], ['trust', '--yes']]) {
            const { code, said } = await orchestrate(...args);
            assert.notEqual(code, -1, `${args.join(' ')} hangs`);
            assert.match(said, /config\.yaml is no regular file, which is never followed/, args.join(' '));
          }
          assert.deepEqual(await changes(), []);
        },
      ));

  for (const name of ['report.md', 'report.json', 'log.md'])
    it(`a ${name} that leads elsewhere is neither shown nor written through`, () =>
      lab(
        async (workspace, outside) => {
          const folder = await session(workspace);
          await symlink(join(outside, 'precious.txt'), join(folder, name));
        },
        async ({ changes, orchestrate }) => {
          const { said } = await orchestrate('report', SESSION, ...(name === 'report.json' ? ['--json'] : []));
          assert.doesNotMatch(said, /precious\.txt\n/);
          await orchestrate('adopt', SESSION, '--yes');
          await orchestrate('resume', SESSION, '--yes', '--json');
          assert.deepEqual(await changes(), []);
        },
      ));

  it('a request that is a pipe or leads elsewhere is passed over', () =>
    lab(
      async (workspace, outside) => {
        const inbox = join(await session(workspace), 'inbox');
        await mkdir(inbox);
        execFileSync('mkfifo', [join(inbox, 'pipe.json')]);
        await symlink('/dev/zero', join(inbox, 'zero.json'));
        await symlink(join(outside, 'deep/1.json'), join(inbox, 'link.json'));
      },
      async ({ changes, orchestrate }) => {
        assert.equal((await orchestrate('adopt', SESSION, '--yes')).code, 0);
        const { code, said } = await orchestrate('resume', SESSION, '--yes', '--json');
        assert.equal(code, 0, said);
        assert.deepEqual(await changes(), []);
      },
    ));
});
