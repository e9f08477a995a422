import assert from 'node:assert/strict';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { claimsOf } from '../../../src/core/agent/claims.ts';
import { checkRelPath } from '../../../src/core/paths.ts';
import { buildPlaces } from '../../../src/node/sandbox/seatbelt/builds.ts';
import { globExpressions } from '../../../src/node/sandbox/seatbelt/patterns.ts';
import { type SeatbeltView, seatbeltProfile } from '../../../src/node/sandbox/seatbelt/profile.ts';
import { writableOf } from '../../../src/node/sandbox/seatbelt/seatbelt.ts';
import { attempts } from '../../support/escape-attempts.ts';
import { matchesGolden } from '../../support/golden.ts';
import { seatbelt } from '../../support/seatbelt/interpreter.ts';

const [root, outside, person, store] = ['/Users/me/app', '/Users/me/other', '/Users/me', '/private/var/t/store'];

/** What the lab of the escapes holds, as the sandbox finds it. */
const bare: SeatbeltView = {
  own: { home: `${store}/own/home`, temporary: `${store}/own/tmp` },
  readable: {
    mounts: [
      { source: '/opt/homebrew', target: '/opt/homebrew' },
      { source: `${person}/.cargo/registry`, target: `${person}/.cargo/registry` },
    ],
    links: [],
    hidden: ['/private/etc/ssh', '/private/etc/sudoers'].map(path => ({ path, folder: false })),
  },
  ...{ reads: [], writes: [], ports: [], root },
  closed: ['.env', '.env.local', 'src/server.pem', 'secrets', '.git/config'].map(path => join(root, path)),
  fixed: [join(root, '.git')],
};
const survey = { files: [], links: [], outputs: ['dist'], kept: ['tools/build'] };
const working = { ...bare, builds: buildPlaces(root, ['generated'], survey), writable: writableOf(root, ['src/**']) };

/** Lines that one profile has and the other has not. */
const more = (view: SeatbeltView, over: SeatbeltView = bare) => {
  const had = new Set(seatbeltProfile(over).split('\n'));
  return seatbeltProfile(view)
    .split('\n')
    .filter(line => !had.has(line));
};

describe('A profile for macOS', () => {
  it('allows who has no rights to read the system and its own folders, and nothing else', async () => {
    const golden = fileURLToPath(new URL('./golden/seatbelt.sb', import.meta.url));
    await matchesGolden(seatbeltProfile(bare), golden);
  });

  it('says what is claimed, and the folders on the way there', () => {
    assert.deepEqual(more({ ...bare, writable: writableOf(root, ['src/gen/*.ts', 'README.md']) }), [
      '  (regex #"^/Users/me/app/src/gen/[^./][^/]*\\.ts$")',
      '  (regex #"^/Users/me/app/README\\.md$")',
      '  (literal "/Users/me/app/README.md"))',
      '(allow file-write-create (require-all (vnode-type DIRECTORY) (regex #"^/Users/me/app/src$")))',
      '(allow file-write-create (require-all (vnode-type DIRECTORY) (regex #"^/Users/me/app/src/gen$")))',
    ]);
  });

  it('says what builds make, but for what only is called so', () => {
    const may = seatbelt(seatbeltProfile({ ...bare, builds: buildPlaces(root, ['/generated', 'cache'], survey) }));
    const writes = (path: string) => may('file-write-create', { path: join(root, path) });
    for (const path of [
      'dist/a.js',
      'generated/x',
      'a/cache/x',
      'a/node_modules/b/c.js',
      'a/b.tsbuildinfo',
      '.coverage.1',
    ])
      assert.ok(writes(path), path);
    for (const path of [
      'tools/build/x',
      'a/generated/x',
      'src/a.ts',
      'distance/x',
      'a.tsbuildinfo.ts',
      'node_modules/.git/x',
    ])
      assert.equal(writes(path), false, path);
    const claimed = { builds: buildPlaces(root, [], survey), writable: writableOf(root, ['tools/build/**']) };
    const its = seatbelt(seatbeltProfile({ ...bare, ...claimed }));
    assert.ok(its('file-write-data', { path: join(root, 'tools/build/x') }));
  });

  it('says the one port of the proxy', () => {
    assert.deepEqual(more({ ...bare, ports: [4711] }), ['(allow network-outbound (remote ip "localhost:4711"))']);
  });

  it('says the files that a program keeps, and closes nothing that it cannot name', () => {
    const lines = more({ ...bare, writes: [`${person}/.fake/token`] });
    assert.equal(lines.filter(line => line.includes('"/Users/me/.fake/token"')).length, 2);
    assert.throws(() => seatbeltProfile({ ...bare, closed: ['/Users/me/app/a"b.pem'] }), /no profile can name/);
    assert.throws(() => seatbeltProfile({ ...bare, root: '/Users/me/a"b' }), /no profile can name/);
  });
});

const READS = /^(cat|ls|strings|grep|head|tar|dd|find|cp|mv|ln|python3|node)\b/;

/** The paths that a line speaks of, as the shell of the lab would see them. */
function pathsIn(line: string): string[] {
  const names: Record<string, string> = { root, outside, person, folder: '/Users/me/labs', canary: 'x' };
  const text = line
    .replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole)
    .replaceAll('src/home', person)
    .replaceAll('$HOME', '~')
    .replaceAll('/proc/self/root', '')
    .replaceAll('/proc/1/root', '')
    .replaceAll('/proc/self/cwd', root);
  return [...text.matchAll(/(?:~|\.{0,2}\/|[\w.]+\/|\.)?[\w./-]*[\w-]/g)]
    .map(([word]) => word)
    .filter(word => /[/.]/.test(word) || word.startsWith('~'))
    .map(word => (word.startsWith('~/') ? join(bare.own.home, word.slice(2)) : word))
    .map(word => normalize(word.startsWith('/') ? word : join(root, word)));
}

/** Which of the lab's places nobody may get to, said without any profile. */
function forbidden(path: string): { read: boolean; write: boolean } {
  const within = path === root || path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
  if (within === undefined) {
    const own = path.startsWith(`${store}/own/`);
    const system =
      /^\/(usr|bin|sbin|dev|private\/etc|opt\/homebrew)(\/|$)/.test(path) && !/shadow|sudoers|ssh/.test(path);
    return { read: !own && !system, write: !own && !/^\/dev\/(null|zero|fd)/.test(path) };
  }
  const secret = within !== '' && !checkRelPath(within).ok;
  const history = /^\.git(\/|$)/.test(within);
  const claimed = /^src\/[^.]/.test(within) || /^(dist|generated)(\/|$)/.test(within);
  return { read: secret && !(history && within !== '.git/config'), write: secret || !claimed };
}

describe('Out of a profile for macOS', () => {
  const allows = seatbelt(seatbeltProfile(working));
  const kinds = Object.keys(attempts).filter(kind => /write|history|records|secrets|home|system/.test(kind));
  let tried = 0;
  for (const kind of kinds)
    for (const line of attempts[kind] ?? [])
      it(`no path leads that is used to ${kind}: ${JSON.stringify(line)}`, () => {
        for (const path of pathsIn(line)) {
          const { read, write } = forbidden(path);
          for (const folder of [false, true]) {
            if (write)
              for (const how of ['data', 'create', 'unlink']) {
                tried++;
                assert.equal(allows(`file-write-${how}`, { path, folder }), false, `writes ${path}`);
              }
            if (read && READS.test(line)) {
              tried++;
              assert.equal(allows('file-read-data', { path, folder }), false, `reads ${path}`);
            }
          }
        }
      });
  after(() => assert.ok(tried > 400, `only ${tried} were tried`));

  it('lets through what a command may do', () => {
    const may = (operation: string, path: string, folder = false) =>
      assert.ok(allows(operation, { path, folder }), path);
    for (const name of ['src/a.ts', 'src/deep/new.ts', 'dist/a.js', 'node_modules/a/index.js', 'a/__pycache__/x.pyc'])
      for (const how of ['data', 'create', 'unlink']) may(`file-write-${how}`, join(root, name));
    may('file-write-create', join(root, 'src'), true);
    for (const path of ['/usr/bin/env', '/opt/homebrew/bin/node', join(root, 'README.md'), join(root, '.git/HEAD')])
      may('file-read-data', path);
    may('file-write-create', `${store}/own/tmp/x`);
    may('file-read-metadata', '/Users');
    assert.ok(allows('process-exec', { path: '/usr/bin/env' }));
    assert.ok(allows('signal', { target: 'same-sandbox' }));
  });

  it('moves nothing that lies around a secret, links to nothing, and takes no powers', () => {
    const closed = { ...working, closed: [...working.closed, `${root}/src/deep/er/server.key`] };
    const may = seatbelt(seatbeltProfile(closed));
    for (const path of ['src', 'src/deep', 'src/deep/er', 'src/deep/er/server.key'])
      assert.equal(may('file-write-unlink', { path: join(root, path), folder: true }), false, path);
    assert.equal(may('file-link', { path: `${root}/src/hard` }), false);
    assert.equal(may('file-write-setugid', { path: `${root}/dist/sh` }), false);
  });

  it('reaches nobody: no server of this machine, no socket of others, no service, no other process', () => {
    assert.equal(allows('network-outbound', { address: 'localhost:5432' }), false);
    assert.equal(allows('network-outbound', { address: '1.1.1.1:443' }), false);
    assert.equal(allows('network-outbound', { path: '/private/var/run/mDNSResponder', socket: true }), false);
    assert.equal(allows('network-outbound', { path: `${person}/.docker/run/docker.sock`, socket: true }), false);
    assert.equal(allows('network-bind', { address: 'localhost:3000' }), false);
    assert.ok(allows('network-outbound', { path: `${store}/own/tmp/s`, socket: true }));
    for (const name of ['com.apple.securityd.xpc', 'com.apple.coreservices.launchservicesd', 'com.apple.pasteboard.1'])
      assert.equal(allows('mach-lookup', { name }), false, name);
    assert.equal(allows('sysctl-read', { name: 'kern.procargs2' }), false);
    for (const what of ['signal', 'process-info-pidinfo'])
      assert.equal(allows(what, { target: 'others' }), false, what);
    for (const what of ['appleevent-send', 'lsopen', 'nvram-get']) assert.equal(allows(what), false, what);
    assert.equal(allows('file-write-data', { path: '/dev/ttys001' }), false);
  });

  it('and its proxy is the only port that is reached', () => {
    const may = seatbelt(seatbeltProfile({ ...working, ports: [4711] }));
    assert.ok(may('network-outbound', { address: 'localhost:4711' }));
    assert.equal(may('network-outbound', { address: 'localhost:4712' }), false);
    assert.equal(may('network-outbound', { address: '10.0.0.1:4711' }), false);
  });
});

describe('A claim in a profile for macOS', () => {
  const names = fc.constantFrom('a', 'b.ts', 'src', '.env', '.git', '.vscode', 'x.test.ts', '[id]', 'a b', '..ts');
  const segment = fc.oneof(
    names,
    fc.constantFrom('*', '**', '*.ts', '?', 'a*', '*.*', '{a,src}', '[ab]', '.*', 'x.?est.ts'),
  );
  const path = fc.array(names, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
  const glob = fc.array(segment, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));

  it('never means more than the claim, and no name that begins with a dot unless it says so', () => {
    fc.assert(
      fc.property(glob, path, (claim, file) => {
        const { files } = globExpressions(root, claim);
        if (!files.some(each => new RegExp(each).test(join(root, file)))) return;
        assert.ok(claimsOf([claim]).allows(file), `${claim} took ${file}`);
        const dots = file.split('/').filter(name => name.startsWith('.'));
        for (const name of dots) assert.ok(claim.includes(name[0] as string), `${claim} took ${file}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('means all that it names without dots', () => {
    const plainNames = fc.constantFrom('a', 'b.ts', 'src', 'x.test.ts', 'a b');
    const simple = fc.array(fc.oneof(plainNames, fc.constantFrom('*', '**', '*.ts', '?', 'a*', '{a,src}')), {
      minLength: 1,
      maxLength: 4,
    });
    const file = fc.array(plainNames, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
    fc.assert(
      fc.property(simple, file, (parts, name) => {
        const claim = parts.join('/');
        if (!claimsOf([claim]).allows(name)) return;
        const { files } = globExpressions(root, claim);
        assert.ok(
          files.some(each => new RegExp(each).test(join(root, name))),
          `${claim} left ${name} out`,
        );
      }),
      { numRuns: 3000 },
    );
  });
});
