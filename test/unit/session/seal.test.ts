import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { NotSealed, openJournal } from '../../../src/core/session/journal.ts';
import { checkOrigin } from '../../../src/core/session/origin.ts';
import { JournalReader } from '../../../src/core/session/read.ts';
import { SEAL_BYTES } from '../../../src/core/session/seal.ts';
import { Seals } from '../../../src/node/session/seals.ts';
import { sealSecret } from '../../../src/node/session/secret.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

const secret = new Uint8Array(32).fill(1);
const seals = (place = '/w\0.orchestrate\0sessions\0one', key: Uint8Array | undefined = secret) =>
  new Seals(key, place);
const note = (text: string): Event => ({ type: 'notice', level: 'info', text });

function store(disk: Disk, of = seals(), chunk?: number): MemoryStore {
  const made = new MemoryStore(disk, chunk);
  made.seals = of;
  return made;
}

const open = (on: MemoryStore) =>
  openJournal(on, { clock: new FakeClock(), redact: text => text, log: { write: () => {} } });

/** Flushes of so many lines each. */
async function written(flushes: readonly (readonly string[])[], of = seals()): Promise<Disk> {
  const disk = new Disk();
  const journal = await open(store(disk, of));
  for (const lines of flushes) {
    for (const text of lines) journal.append(note(text));
    await journal.flush();
  }
  await journal.close();
  return disk;
}

const copyOf = (disk: Disk, bytes: Uint8Array): Disk => Object.assign(new Disk(), disk, { journal: bytes });
const textsIn = async (disk: Disk, chunk?: number): Promise<string[]> =>
  (await open(store(disk, seals(), chunk))).state.notices.flatMap(({ text, code }) => (code ? [] : [text]));

/** How anyone might edit a file whose seals they cannot make. */
const edit = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('drop' as const), line: fc.nat() }),
  fc.record({ kind: fc.constant('swap' as const), line: fc.nat(), other: fc.nat() }),
  fc.record({ kind: fc.constant('repeat' as const), line: fc.nat(), at: fc.nat() }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), text: fc.string() }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), bytes: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat() }),
);

function edited(journal: Uint8Array, change: typeof edit extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const bytes = Buffer.from(journal);
  const lines = bytes.toString('latin1').split('\n').slice(0, -1);
  const back = (changed: string[]) => Buffer.from(changed.map(line => `${line}\n`).join(''), 'latin1');
  switch (change.kind) {
    case 'flip':
      bytes[change.at % bytes.length] = (bytes[change.at % bytes.length] as number) ^ (1 << change.bit);
      return bytes;
    case 'drop':
      return back(lines.toSpliced(change.line % lines.length, 1));
    case 'swap': {
      const [a, b] = [change.line % lines.length, change.other % lines.length];
      return back(lines.with(a, lines[b] as string).with(b, lines[a] as string));
    }
    case 'repeat':
      return back(lines.toSpliced(change.at % (lines.length + 1), 0, lines[change.line % lines.length] as string));
    case 'insert':
      return Buffer.concat([
        bytes.subarray(0, change.at % bytes.length),
        Buffer.from(change.text),
        bytes.subarray(change.at % bytes.length),
      ]);
    case 'cut':
      return Buffer.concat([
        bytes.subarray(0, change.at % bytes.length),
        bytes.subarray((change.at % bytes.length) + change.bytes),
      ]);
    case 'truncate':
      return bytes.subarray(0, change.at % bytes.length);
  }
}

const flushes = fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});

describe('a sealed journal', () => {
  it('is read again as it was written, in whatever pieces', () =>
    fc.assert(
      fc.asyncProperty(flushes, fc.integer({ min: 1, max: 300 }), async (lines, chunk) => {
        const disk = await written(lines);
        assert.equal(await checkOrigin(store(disk, seals(), chunk)), 'own');
        assert.deepEqual(await textsIn(disk, chunk), lines.flat());
      }),
      { numRuns: 60 },
    ));

  it('says that it was edited, however it was, or has lost its end and nothing else', () =>
    fc.assert(
      fc.asyncProperty(flushes, fc.array(edit, { minLength: 1, maxLength: 3 }), async (lines, edits) => {
        const disk = await written(lines);
        const changed = edits.reduce((bytes, each) => (bytes.includes(10) ? edited(bytes, each) : bytes), disk.journal);
        if (Buffer.compare(changed, disk.journal) === 0) return;
        const other = copyOf(disk, changed);
        const texts = await textsIn(other).catch(error => {
          assert.ok(error instanceof NotSealed, error);
          return undefined;
        });
        if (texts) assert.deepEqual(texts, lines.flat().slice(0, texts.length), 'what is left is the beginning');
        if (texts)
          assert.ok(
            lines.some((_, i) => lines.slice(0, i).flat().length === texts.length) ||
              texts.length === lines.flat().length,
            'cut between two flushes',
          );
      }),
      { numRuns: 600 },
    ));

  it('is nobody else’s: of another session, folder or user, with no secret, and without its seals', async () => {
    const disk = await written([['one', 'two'], ['three']]);
    const other = new Uint8Array(32).fill(2);
    for (const of of [
      seals('/w\0.orchestrate\0sessions\0two'),
      seals('/v\0.orchestrate\0sessions\0one'),
      seals(undefined, other),
    ]) {
      assert.equal(await checkOrigin(store(disk, of)), 'foreign');
      await assert.rejects(open(store(disk, of)), { name: 'NotSealed', origin: 'foreign' });
    }
    assert.equal(await checkOrigin(store(disk, new Seals(undefined, '/w'))), 'foreign');
    const bare = copyOf(disk, Buffer.from('{"v":1,"seq":1,"at":1,"type":"notice","level":"info","text":"x"}\n'));
    const before = bare.journal;
    await assert.rejects(open(store(bare)), { name: 'NotSealed', origin: 'unsealed' });
    assert.equal(bare.journal, before, 'nothing is cut from it');
  });

  it('goes on after any crash: what was flushed is there, what was not is cut', () =>
    fc.assert(
      fc.asyncProperty(flushes, fc.array(fc.string()), fc.nat(), async (lines, last, at) => {
        const disk = await written(lines);
        const kept = disk.journal.length;
        const journal = await open(store(disk));
        for (const text of ['never acknowledged', ...last]) journal.append(note(text));
        await journal.flush();
        disk.journal = disk.journal.slice(0, kept + (at % (disk.journal.length - kept)));
        assert.deepEqual(await textsIn(disk), lines.flat());
        const again = await open(store(disk));
        await again.commit(note('goes on'));
        assert.deepEqual(await textsIn(disk), [...lines.flat(), 'goes on']);
      }),
      { numRuns: 60 },
    ));

  it('whose end somebody wrote is read without it, by its owner and by whoever follows', async () => {
    const disk = await written([['mine']]);
    const forged = '{"v":1,"seq":2,"at":1,"type":"notice","level":"info","text":"forged"}\n';
    disk.journal = Buffer.concat([disk.journal, Buffer.from(forged)]);
    const reader = new JournalReader(await store(disk).chain());
    assert.deepEqual(
      reader.push(disk.journal).map(event => event.type === 'notice' && event.text),
      ['mine'],
    );
    assert.deepEqual(await textsIn(disk), ['mine']);
  });

  it('of a great many lines in one flush can be read without all of them in memory', async () => {
    const disk = await written([Array.from({ length: 20_000 }, (_, i) => `line ${i}`)]);
    const found = Buffer.from(disk.journal).toString().split('"seal":"').length - 1;
    assert.ok(found > 10, `${found} seals`);
    assert.ok(disk.journal.length / found < 256 * 1024);
    assert.equal(Buffer.from(disk.journal).subarray(-SEAL_BYTES).toString().slice(0, 9), ',"seal":"');
  });
});

describe('the secret that seals', () => {
  it('is made once by however many processes begin at once, for its user alone', () =>
    inTemporaryFolder(async folder => {
      const script = `import { sealSecret } from ${JSON.stringify(join(import.meta.dirname, '../../../src/node/session/secret.ts'))};
        process.stdout.write(Buffer.from(await sealSecret(process.argv[1]).make()).toString('hex'));`;
      const home = join(folder, 'home');
      const made = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script, home];
          const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
          let said = '';
          child.stdout.on('data', text => {
            said += text;
          });
          await once(child, 'close');
          return said;
        }),
      );
      assert.equal(new Set(made).size, 1);
      assert.match(made[0] ?? '', /^[0-9a-f]{64}$/);
      assert.equal((await readFile(join(home, 'seal.key'))).toString('hex'), made[0]);
      if (process.platform !== 'win32') assert.equal((await stat(join(home, 'seal.key'))).mode & 0o777, 0o600);
    }));

  it('takes the place of one that a crash left empty', () =>
    inTemporaryFolder(async home => {
      await writeFile(join(home, 'seal.key'), '');
      assert.equal((await sealSecret(home).make()).length, 32);
    }));

  it('is said to be missing where it cannot be kept, and what to do', () =>
    inTemporaryFolder(async folder => {
      await writeFile(join(folder, 'home'), 'a file');
      await assert.rejects(sealSecret(join(folder, 'home')).make(), /seal\.key.*cannot be kept.*ORCHESTRATE_HOME/);
      assert.equal(await sealSecret(join(folder, 'home')).read(), undefined);
      await rename(join(folder, 'home'), join(folder, 'other'));
      assert.equal((await sealSecret(join(folder, 'home')).make()).length, 32, 'tried again');
    }));
});
