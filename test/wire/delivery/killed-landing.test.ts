import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { teamRepository } from '../../support/delivery/team-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SCRIPT = `
name: writes
goal: none
providers: { openai: { kind: openai } }
routes: { default: [openai/gpt-6.1-sol] }
parts:
  - role: codex
    turns:
      - tools: [{ write_file: { path: b.txt, content: "by the agent\\n" } }]
      - tools: [{ finish_task: { summary: done } }]
`;

describe('Work of a team that is done and has not landed yet', function () {
  this.timeout(120_000);
  const { lab, git, write, commitFirst } = teamRepository();
  const tools = tempFolder();
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  async function added(config: string): Promise<void> {
    await write('home/config.yaml', config);
    await write('writes.yaml', SCRIPT);
    await commitFirst({ 'a.txt': 'one\n' });
    const queued = await lab.orchestrate('queue', 'add', 'Write it', '--deliver', '--target', 'codex');
    assert.equal(queued.code, 0, queued.err);
  }
  const start = () =>
    lab.start(
      ...[
        'start',
        '--codex-pool',
        'codex',
        '--rehearse',
        'writes.yaml',
        '--yes',
        '--json',
        '--no-http',
        '--until-done',
      ],
    );
  /** Before git does something. No program of the workspace is run, so that it stands elsewhere. */
  async function insteadOfGit(first: string): Promise<void> {
    const real = (PATH ?? '')
      .split(delimiter)
      .map(each => join(each, 'git'))
      .find(existsSync);
    await writeFile(join(tools.path, 'git'), `#!/bin/sh\n${first}\nexec '${real}' "$@"\n`, { mode: 0o755 });
    process.env.PATH = `${tools.path}${delimiter}${PATH}`;
  }
  const ended = (team: ReturnType<typeof start>) =>
    lab.untilEvent(team, ({ type }) => type === 'run-ended') as Promise<{ outcome: string; reason: string }>;

  it('lands after the next start, when the team was killed in between', async () => {
    await added('delivery: { approval: none }\n');
    // The first to move a branch is killed, and git with it.
    await insteadOfGit(
      `case " $* " in *" update-ref "*) if mkdir '${lab.path}/killed' 2>/dev/null; then kill -9 $PPID; exit 1; fi;; esac`,
    );
    await assert.rejects(ended(start()), /the team ended before that/);
    assert.ok(existsSync(join(lab.path, 'killed')));

    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'completed', reason);
    assert.match(reason, /landed on orchestrate\/main/);
    assert.equal(git('show', 'orchestrate/main:b.txt'), 'by the agent');
  });

  it('is not called done where its branch cannot be made', async () => {
    await added('delivery: { approval: none }\n');
    await insteadOfGit('case " $* " in *" update-ref "*) echo it cannot be written >&2; exit 128;; esac');
    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'failed', reason);
    assert.match(reason, /it cannot be written/);
  });

  it('waits for somebody who agrees, where nothing holds its checks', async () => {
    await added("permissions: { sandbox: 'off' }\ndelivery: { approval: none, checks: ['true'] }\n");
    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'completed');
    assert.match(reason, /No sandbox holds commands here.*Agree to that/);
    assert.equal((await lab.orchestrate('land', '--yes')).code, 0);
    assert.equal(git('show', 'orchestrate/main:b.txt'), 'by the agent');
  });
});
