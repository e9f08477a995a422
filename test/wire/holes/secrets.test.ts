import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalRequest, ScriptedAnswer } from '../../../src/rehearsal/wire/types.ts';
import { codeOf, program, terminalLab } from '../../support/terminal-lab.ts';
import { endServers } from '../../support/wire.ts';

/** Put together here, so that nobody who searches this file for keys finds one. */
const letters = (count: number) => 'Ab3dE6gH9jKlMn0pQrStUvWx2y4Z'.repeat(9).slice(0, count);
const known = `laboratory/${letters(40)}`;
const slack = `${'xoxb'}-123456789012-1234567890123-${letters(24)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n-----END PRIVATE KEY-----`;
const base64 = Buffer.from(`user:${known}`).toString('base64');
const all = `${known} ${slack} ${pem} ${base64} ${encodeURIComponent(known)}`;
const MARKS = [known.slice(11, 40), slack.slice(20), letters(60), base64.slice(12, 40)];

/** The user's own file, which an agent changes: it has to come back as it was, to the byte. */
const FILE = `KEY=${known}\r\nSLACK=${slack}\n`;

describe('Secrets that agents come across', function () {
  this.timeout(60_000);
  let folder: string;
  let lab: Awaited<ReturnType<typeof terminalLab>>;
  let printed = '';

  const orchestrate = async (...args: string[]) => {
    const child = lab.run('env', [`ANTHROPIC_API_KEY=${known}`, process.execPath, program, ...args]);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', text => {
        printed += text;
      });
    return codeOf(child);
  };
  const plan = {
    goal: 'Do it',
    tasks: [{ id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'] }],
  };
  const turns: ScriptedAnswer[] = [
    { toolCalls: [{ name: 'read_file', args: { path: 'settings.txt' } }] },
    {
      text: `I found ${all}`,
      toolCalls: [{ name: 'edit_file', args: { path: 'settings.txt', edits: [{ old: 'KEY=', new: 'TOKEN=' }] } }],
    },
    // Longer than what stands in the journal itself.
    {
      text: `${'word '.repeat(5000)}${all}`,
      toolCalls: [{ name: 'note_decision', args: { text: all, rationale: all } }],
    },
    { toolCalls: [{ name: 'publish_artifact', args: { name: 'notes', content: `${'x '.repeat(6000)}${all}` } }] },
    { toolCalls: [{ name: 'run_command', args: { command: `echo ${slack}` } }] },
    { toolCalls: [{ name: 'finish_task', args: { summary: `Done with ${all}` } }] },
  ];
  const answer = (request: CanonicalRequest): ScriptedAnswer => {
    if (request.tools.some(({ name }) => name === 'propose_plan'))
      return { toolCalls: [{ name: 'propose_plan', args: plan }] };
    return turns[request.messages.filter(({ role }) => role === 'assistant').length] ?? turns.at(-1) ?? {};
  };

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-secrets-')));
    lab = await terminalLab(folder, answer);
    await writeFile(join(lab.workspace, 'settings.txt'), FILE);
    assert.equal(await orchestrate('run', `Do it with ${slack}`, '--yes', '--json'), 0, printed);
    for (const command of ['status', 'logs', 'report', 'changes']) await orchestrate(command, '--json');
  });
  after(async () => {
    await endServers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('stand in no file of the session but the copies of the files that have them, and in nothing that is printed', async () => {
    const files = (await readdir(lab.sessions, { recursive: true, withFileTypes: true })).filter(entry =>
      entry.isFile(),
    );
    const found: string[] = [];
    let copies = 0;
    for (const entry of files) {
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      // The file as it was, as it is now, and what a review needs to take it apart.
      const copy = /(?:KEY|TOKEN)=laboratory/.test(text) && !text.includes('"role"');
      if (entry.parentPath.endsWith('blobs') && copy) copies++;
      else found.push(...MARKS.filter(mark => text.includes(mark)).map(mark => `${entry.name}: ${mark}`));
    }
    assert.deepEqual(found, []);
    assert.ok(copies > 0 && files.length > 8);
    assert.deepEqual(
      MARKS.filter(mark => printed.includes(mark)),
      [],
    );
    assert.ok(printed.includes('[redacted]'));
  });

  it('leave the files that have them as they are: a rejected change is taken out to the byte', async () => {
    const path = join(lab.workspace, 'settings.txt');
    assert.notEqual(await readFile(path, 'utf8'), FILE, printed);
    assert.equal(await orchestrate('reject', '--yes', '--reason', `because of ${slack}`), 0);
    assert.equal(await readFile(path, 'utf8'), FILE);
    const events = await lab.events();
    assert.ok(!JSON.stringify(events).includes(slack.slice(20)));
  });
});
