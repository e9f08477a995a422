import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { gitSync } from '../../support/delivery/sample-repository.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { teamLab } from '../../support/team-lab.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

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
  const lab = teamLab();
  const tools = tempFolder();
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  const write = async (path: string, text: string) => {
    await mkdir(join(lab.path, path, '..'), { recursive: true });
    await writeFile(join(lab.path, path), text);
  };
  const git = (...args: string[]) => gitSync(lab.path, lab.path, args);
  async function added(config: string): Promise<void> {
    await write('.gitconfig', '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n');
    await write('home/config.yaml', config);
    await write('writes.yaml', SCRIPT);
    await write('a.txt', 'one\n');
    git('init', '-q');
    git('add', 'a.txt');
    git('commit', '-qm', 'first');
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
  const ended = (team: ReturnType<typeof start>) =>
    lab.untilEvent(team, ({ type }) => type === 'run-ended') as Promise<{ outcome: string; reason: string }>;

  it('lands after the next start, when the team was killed in between', async () => {
    await added('delivery: { approval: none }\n');
    const real = (PATH ?? '')
      .split(delimiter)
      .map(each => join(each, 'git'))
      .find(existsSync);
    // The first to move a branch is killed, and git with it.
    const killing = `#!/bin/sh
case " $* " in *" update-ref "*) if mkdir '${lab.path}/killed' 2>/dev/null; then kill -9 $PPID; exit 1; fi;; esac
exec '${real}' "$@"
`;
    // No program of the workspace is run.
    await writeFile(join(tools.path, 'git'), killing, { mode: 0o755 });
    process.env.PATH = `${tools.path}${delimiter}${PATH}`;
    await assert.rejects(ended(start()), /the team ended before that/);
    assert.ok(existsSync(join(lab.path, 'killed')));

    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'completed', reason);
    assert.match(reason, /landed on orchestrate\/main/);
    assert.equal(git('show', 'orchestrate/main:b.txt'), 'by the agent');
  });

  it('is not called done where its checks could not be run', async () => {
    await added("permissions: { sandbox: 'off' }\ndelivery: { approval: none, checks: ['true'] }\n");
    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'failed');
    assert.match(reason, /No sandbox holds commands here/);
    const deliveries = await lab.orchestrate('deliveries');
    assert.match(deliveries.out, /ready/, 'and can be landed by a person');
  });

  it('lands after the next start, when the team was stopped while its checks ran', async function () {
    await needsSandbox(this);
    await added("delivery: { approval: none, checks: ['sleep 100'] }\n");
    const team = start();
    await until(async () => /ready/.test((await lab.orchestrate('deliveries')).out), 200);
    const stopped = once(team, 'exit');
    team.kill('SIGINT');
    await stopped;
    await write('home/config.yaml', 'delivery: { approval: none }\n');
    const { outcome, reason } = await ended(start());
    assert.equal(outcome, 'completed', reason);
    assert.equal(git('show', 'orchestrate/main:b.txt'), 'by the agent');
  });
});
