import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ada, bob, type DeliveryLab, deliveryLab } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { program } from '../../support/terminal-lab.ts';

describe('The terminal program, delivering', () => {
  const folder = tempFolder();
  let lab: DeliveryLab;
  const run = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const env = { ...lab.environment, PATH: process.env.PATH, ...more };
    const child = spawn(process.execPath, [program, ...args], { cwd: lab.workspace, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    const [code] = await once(child, 'close');
    return { code, said };
  };

  it('goes from what was accepted to the user’s checkout, and says at each step what comes next', async function () {
    this.timeout(120_000);
    lab = await deliveryLab(folder.path);
    await lab.configure({ delivery: { checks: ['test -e page.txt'] } });
    await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
    const built = await run(['deliver']);
    assert.match(
      built.said,
      /(d_\w+): 1 file on feature\/add-a-page-\w+, for main\.\n.*orchestrate land --target main/,
    );
    const [, delivery = ''] = /(d_\w+):/.exec(built.said) ?? [];

    const unheld = await run(['land']);
    assert.equal(unheld.code, 1);
    assert.match(unheld.said, /No sandbox holds commands here .* Agree to that with --yes/);
    assert.match((await run(['deliveries'])).said, /^d_\w+ +ready +feature\/add-a-page-\w+/m);
    const agents = await run(['land', '--yes'], { ORCHESTRATE_COMMAND: 'any' });
    assert.deepEqual([agents.code, /A command of an agent may not do this/.test(agents.said)], [1, true]);

    const checked = await run(['land', '--yes']);
    assert.equal(checked.code, 0);
    assert.match(
      checked.said,
      new RegExp(`green on main with ${delivery}\\. Land it: orchestrate approve ${delivery}`),
    );
    assert.match(
      (await run(['deliveries'])).said,
      /waits for you .*feature\/add-a-page-\w+ → main +1 file +Add a page/,
    );
    const asked = await run(['approve', delivery]);
    assert.match(asked.said, /See all of it: git diff [0-9a-f]{40} [0-9a-f]{40}\n.*is not approved.*--yes/s);
    const landed = await run(['approve', delivery, '--yes']);
    assert.match(landed.said, /landed on orchestrate\/main .*Take it over there: orchestrate fast-forward main/s);
    assert.match((await run(['fast-forward'])).said, /main is at [0-9a-f]{10} now/);
    assert.equal(lab.git('status', '--porcelain'), '');
    assert.equal(lab.git('show', 'HEAD:page.txt'), 'page');
    assert.match((await run(['__complete', 'deliveries', 'hold', ''])).said, /^$/);
  });

  it('shows all that lands with one yes, with its files', async function () {
    this.timeout(120_000);
    lab = await deliveryLab(folder.path);
    await lab.configure({ delivery: { approval: 'person' } });
    for (const name of ['One', 'Two'])
      await run(['deliver', await lab.session(name, write => write(ada, `${name}.txt`, 'text\n'))]);
    const [, first = '', second] = /with (d_\w+), (d_\w+)\./.exec((await run(['land', '--yes'])).said) ?? [];
    const { said } = await run(['approve', first]);
    assert.match(said, new RegExp(`^${first} One: One\\.txt\n${second} Two: Two\\.txt\nSee all of it: git diff `, 'm'));
    const landed = await run(['approve', first, '--yes']);
    assert.match(landed.said, new RegExp(`${first}, ${second} landed on orchestrate/main`));
  });

  it('tells with its doctor whether this git is enough, too old or missing', async () => {
    lab = await deliveryLab(folder.path);
    assert.match((await run(['doctor'])).said, /Git: \d+\.\d+\S*, new enough for delivery/);
    const bin = join(lab.home, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'git'), '#!/bin/sh\necho "git version 2.37.9"\n', { mode: 0o755 });
    assert.match(
      (await run(['doctor'], { PATH: bin })).said,
      /Git: 2\.37\.9 is too old for delivery, which needs 2\.38/,
    );
    await rm(join(bin, 'git'));
    assert.match((await run(['doctor'], { PATH: bin })).said, /Git: not found, so that nothing can be delivered/);
  });

  it('shows a conflict place by place, with who is to look at it, and what is red with what its check said', async function () {
    this.timeout(120_000);
    lab = await deliveryLab(folder.path);
    await lab.configure({
      delivery: { approval: 'none', checks: ['if test -e red.txt; then echo it is red; exit 1; fi'] },
    });
    await lab.session('One', write => write(ada, 'a.txt', 'ONE\ntwo\nthree\nfour\nfive\n'));
    await run(['deliver']);
    lab.git('checkout', '-q', '--', 'a.txt');
    const second = await lab.session('Two', write => write(bob, 'a.txt', '1\ntwo\nthree\nfour\nfive\n'));
    await run(['deliver', second]);
    await run(['deliver', await lab.session('Red', write => write(bob, 'red.txt', 'red\n'))]);
    const report = await run(['land', '--yes']);
    assert.equal(report.code, 1);
    assert.match(report.said, /is conflicted.*\n.*is red: the check "if test/);
    const { said } = await run(['deliveries']);
    assert.match(
      said,
      new RegExp(
        `a\\.txt: CONFLICT.*<<<<<<< .*ONE\\s+=======\\s+1\\s+>>>>>>> .*orchestrate resume ${second} --target 'implementer' --ask`,
        's',
      ),
    );
    assert.match(said, /it is red\n {2}Try it again: orchestrate deliveries release d_/);
  });
});
