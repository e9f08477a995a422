import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshot } from '../../support/delivery/sample-repository.ts';
import { ada, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { program } from '../../support/terminal-lab.ts';
import { until } from '../../support/until.ts';

/** A git that stops when it is to move a ref, before or after doing it, so that its caller can be killed just there. */
const stopping = (real: string, at: string, when: 'before' | 'after', sign: string) => `#!/bin/bash
case " $* " in
  *" update-ref "*"${at}"*) ${when === 'after' ? `${real} "$@"; ` : ''}echo stopped > '${sign}'; sleep 60; exit 1;;
esac
exec ${real} "$@"
`;

describe('A terminal that is killed while it lands', () => {
  const folder = tempFolder();

  const cases = [
    ['before', 'it had not begun, and is left'],
    ['after', 'it was done'],
  ] as const;
  for (const [when, end] of cases) {
    it(`${when} git has moved the branch: the next start says so, and the work is there once`, async function () {
      this.timeout(90_000);
      const lab: DeliveryLab = await deliveryLab(folder.path);
      const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
      const done = await lab.deliveries().deliver({ session });
      assert.ok(done.ok, refusal(done));
      const before = await snapshot(lab.workspace);
      const [bin, sign] = [lab.home, join(lab.home, 'stopped')];
      const real = (process.env.PATH ?? '').split(':').map(each => join(each, 'git'));
      await writeFile(
        join(bin, 'git'),
        stopping(real.find(existsSync) ?? '', 'refs/heads/orchestrate/main', when, sign),
      );
      await chmod(join(bin, 'git'), 0o755);
      const child = spawn(process.execPath, [program, 'land', '--yes'], {
        cwd: lab.workspace,
        env: { ...lab.environment, PATH: `${bin}:${process.env.PATH}` },
        stdio: 'ignore',
      });
      await until(async () => (await readFile(sign, 'utf8').catch(() => '')) !== '');
      child.kill('SIGKILL');
      await once(child, 'close');

      const next = spawn(process.execPath, [program, 'land', '--yes'], {
        cwd: lab.workspace,
        env: { ...lab.environment, PATH: process.env.PATH },
      });
      let said = '';
      for (const stream of [next.stdout, next.stderr]) stream.on('data', chunk => (said += chunk));
      await once(next, 'close');
      assert.match(said, new RegExp(`Cut off while landing on orchestrate/main: ${end}`));
      const [delivery] = (await lab.deliveries().state()).deliveries.values();
      assert.equal(delivery?.status, 'landed');
      assert.equal(lab.git('rev-list', '--count', 'main..orchestrate/main'), '1');
      assert.deepEqual(await snapshot(lab.workspace), before);
    });
  }
});
