import assert from 'node:assert/strict';
import { createProcesses } from '../../src/node/processes.ts';
import type { Diagnoses } from '../../src/runtime/contract.ts';
import { diagnoseSandbox, holdCommands } from '../../src/runtime/holding.ts';
import { showDiagnoses } from '../../src/terminal/commands/doctor.ts';
import { styleFor } from '../../src/terminal/style.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('Where nothing can hold commands', () => {
  const folder = tempFolder();
  const hold = (sandbox: 'auto' | 'required' | 'off', platform: NodeJS.Platform) => {
    const root = folder.path;
    return holdCommands(
      { permissions: { sandbox } },
      { root, processes: createProcesses({ root }), environment: { HOME: root }, platform },
    );
  };

  it('a session begins, and it is said why, what it means, and what to do', async () => {
    for (const [platform, why] of [
      ['win32', /There is no sandbox for Windows\. In WSL or a dev container on Linux commands can be held\./],
      ['darwin', /There is no sandbox for macOS\. In a dev container on Linux commands can be held\./],
      ['freebsd', /There is no sandbox for freebsd\. In a dev container/],
    ] as const) {
      const held = await hold('auto', platform);
      assert.ok(held.ok && held.holding === undefined);
      assert.match(held.notice ?? '', /^Commands of agents are not held by a sandbox, and are asked about\. /);
      assert.match(held.notice ?? '', why);
    }
  });

  it('none begins whose user wants it held, and it is said what to set', async () => {
    const held = await hold('required', 'win32');
    assert.ok(!held.ok);
    assert.match(held.message, /permissions\.sandbox: required.*Or set permissions\.sandbox to auto, and be asked\./);
  });

  it('nothing is said to who does not want it', async () => {
    assert.deepEqual(await hold('off', 'win32'), { ok: true });
    const parts = { workspace: folder.path, environment: {} };
    assert.deepEqual(await diagnoseSandbox({ permissions: { sandbox: 'off' } }, parts), { holds: 'off' });
  });
});

describe('The doctor on what holds commands', () => {
  const line = (sandbox: Diagnoses['sandbox']) => {
    const out: string[] = [];
    const terminal = { style: styleFor({}, {}), out: { write: (text: string) => void out.push(text) } } as never;
    showDiagnoses(terminal, { problems: [], diagnoses: [], workers: [], sandbox }, false);
    return /^.*Sandbox.*$/m.exec(out.join(''))?.[0];
  };

  it('says who is held and by what, and what is lacking', () => {
    assert.match(
      line({ holds: true, by: 'bubblewrap 0.8' }) ?? '',
      /commands of agents, and CLI agents, are held by bubblewrap 0\.8\./,
    );
    const lacks = 'Without socat CLI agents are not held. Install socat.';
    assert.match(
      line({ holds: true, by: 'b', lacks }) ?? '',
      /agents are held by b\. Without socat CLI agents are not held\. Install socat\./,
    );
  });

  it('says that nobody is, why, and what to install', () => {
    const why = 'bubblewrap is not installed.';
    const advice = 'Install bubblewrap: apt install bubblewrap.';
    assert.match(
      line({ holds: false, why, advice }) ?? '',
      /none, so that more commands are asked about\. bubblewrap is not installed\. Install bubblewrap/,
    );
    assert.match(line({ holds: 'off' }) ?? '', /switched off/);
  });
});
