import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Event } from '../../../src/protocol/events.ts';
import { havePty, Pty } from '../../support/pty.ts';
import { codeOf, program, terminalLab } from '../../support/terminal-lab.ts';
import { todoSession } from '../../support/todo-session.ts';
import { endServers } from '../../support/wire.ts';

/** Titles, clipboard, links, cursor, colours, an answer that is typed for the person, directions, and a line of ours. */
const HOSTILE =
  ' \u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u001b]8;;http://evil.example\u0007x\u001b]8;;\u0007\u001b[2J\u001b[35m\u001b[6n\u009b31m\u009d0;c1\u009c\u001bc\b\r\n✔ fake line \u202egnp.exe\u2066';
const MARK = 'fake line';

/** The event with that behind every text in it where the schema allows it. */
function hostile<T>(event: T): T {
  const fits = (one: unknown) => Event.safeParse(one).success;
  const copy = structuredClone(event);
  const visit = (at: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(at)) {
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
      // What holds the session together: kinds, and the names by which events find each other.
      if (typeof value !== 'string' || /^(?:type|session|task|agent|call|ask|request|status|file)$/.test(key)) continue;
      at[key] = `${value}${HOSTILE}`;
      if (!fits(copy)) at[key] = value;
    }
  };
  visit(copy as Record<string, unknown>);
  return copy;
}

/** What a terminal would obey: controls but line ends, and what turns the direction. */
const OBEYED = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const ESC = String.raw`\u001b`;
const COLOURS = new RegExp(`${ESC}\\[(?:1|2|22|31|32|33|36|39)m`, 'g');
/** What a picture that is painted in place needs. */
const PAINTING = new RegExp(`${ESC}\\[(?:\\?2026[hl]|\\d+[AC]|J)|\\r`, 'g');

describe('What the terminal program prints of a session whose every text would steer the terminal', function () {
  this.timeout(120_000);
  let folder: string;
  let lab: Awaited<ReturnType<typeof terminalLab>>;
  const id = '20261121-120000-hostile';

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-steer-')));
    lab = await terminalLab(folder, () => ({ text: HOSTILE }), {
      config: { prices: [{ model: 'anthropic/claude-sonnet-5-5', input: 1, output: 1 }] },
    });
    const place = join(lab.sessions, id);
    await mkdir(place, { recursive: true });
    const lines = todoSession.map(event => JSON.stringify(hostile(event)));
    assert.ok(lines.join().includes(MARK));
    await writeFile(join(place, 'events.jsonl'), `${lines.join('\n')}\n`);
    await writeFile(join(place, 'report.md'), `# Report${HOSTILE}\n`);
    await writeFile(join(place, 'report.json'), `{"text": ${JSON.stringify(`a${HOSTILE}`)}}\n`);
    await writeFile(
      join(lab.workspace, '.orchestrate', 'config.yaml'),
      `"bud\\e]0;key\\agetX": 1\nproviders: {lab: {kind: openai, headers: {"a\\u202E": "b\\x9b2J"}}}\n`,
    );
  });
  after(async () => {
    await endServers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const run = async (args: string[], env: Record<string, string> = {}) => {
    const child = lab.run('env', [
      ...Object.entries(env).map(([k, v]) => `${k}=${v}`),
      process.execPath,
      program,
      ...args,
    ]);
    const said = { out: '', all: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', text => {
        said.all += text;
        if (stream === child.stdout) said.out += text;
      });
    }
    await codeOf(child);
    return said;
  };

  const commands: string[][] = [
    ['list'],
    ['status'],
    ['status', id],
    ['logs'],
    ['logs', '--agent', `x${HOSTILE}`.replaceAll('\0', '')],
    ['report'],
    ['changes'],
    ['changes', id],
    ['accept', id, `no-such${HOSTILE}`],
    ['reject', id, '--yes'],
    ['queue', 'list', '--session', id],
    ['answer', id, `ask${HOSTILE}`, 'yes'],
    ['abort', id],
    ['budget', '3', id],
    ['monitor', id],
    ['status', `no-such${HOSTILE}`],
    ['run', `Goal${HOSTILE}`, '--budget', `1${HOSTILE}`],
    ['run', `Goal${HOSTILE}`, '--yes', '--budget', '1'],
    ['doctor'],
    ['trust'],
    [`lst${HOSTILE}`],
    ['list', `--opt${HOSTILE}`],
  ];
  const json = [['list'], ['status'], ['logs'], ['report'], ['changes'], ['queue', 'list', '--session', id]];

  for (const args of commands) {
    const name = args.map(each => each.replace(HOSTILE, '…')).join(' ');
    it(`${name}: nothing that a terminal would obey`, async () => {
      const { all: said } = await run(args, { NO_COLOR: '1' });
      assert.deepEqual(said.match(OBEYED) ?? [], [], JSON.stringify(said));
      // Nor does it put a line of its own between ours.
      // What the person typed themselves may have lines, and a report is a text of many.
      const theirs = args[0] === 'report' || args.some(arg => arg.includes(MARK));
      assert.doesNotMatch(theirs ? '' : said, /^✔ fake line/m);
    });
    it(`${name}, with colours: ours and no others`, async () => {
      const { all: said } = await run(args, { FORCE_COLOR: '1', NO_COLOR: '' });
      assert.deepEqual(said.replace(COLOURS, '').match(OBEYED) ?? [], [], JSON.stringify(said));
    });
  }
  for (const args of json) {
    it(`${args.join(' ')} --json: escaped, so that it means the same and steers nothing`, async () => {
      const { out: said, all } = await run([...args, '--json'], { NO_COLOR: '1' });
      assert.deepEqual(all.match(OBEYED) ?? [], [], JSON.stringify(said.slice(0, 2000)));
      if (args[0] === 'report')
        assert.ok(JSON.stringify(JSON.parse(said)).includes(JSON.stringify(HOSTILE).slice(1, -1)));
      else for (const line of said.trim().split('\n').filter(Boolean)) JSON.parse(line);
    });
  }

  it('as a picture in a real terminal: its title and clipboard stay as they were', async function () {
    if (!havePty) this.skip();
    const env = { ...lab.env, COLUMNS: '' };
    for (const args of [
      ['status', id],
      ['logs', id],
      ['monitor', id],
      ['run', `Goal${HOSTILE}`, '--yes', '--budget', '1'],
    ]) {
      const pty = new Pty([process.execPath, program, ...args], { cwd: lab.workspace, env, columns: 100, rows: 30 });
      try {
        await pty.code();
        const ours = pty.raw.replace(COLOURS, '').replace(PAINTING, '');
        assert.deepEqual(ours.match(OBEYED) ?? [], [], `${args[0]}: ${JSON.stringify(ours)}`);
      } finally {
        await pty.end();
      }
    }
  });
});
