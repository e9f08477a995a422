import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin } from '../../../src/core/delivery/hours.ts';
import { deploySecret } from '../../../src/core/delivery/secret-name.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { hashOf } from '../../../src/node/hash.ts';
import { type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { program } from '../../support/terminal-lab.ts';

const never = new AbortController().signal;
const you = { kind: 'person', name: 'ada' } as const;

describe('A deployment', () => {
  const folder = tempFolder();
  let lab: DeliveryLab;
  let live = '';
  const configure = (production: object) => lab.configure({ environments: { production } });
  const deploy = () => lab.deliveries().deploy('production', you, never);
  const served = () => readFile(join(live, 'a.txt'), 'utf8').catch(() => 'nothing');
  const commit = async (text: string) => {
    await writeFile(join(lab.workspace, 'a.txt'), text);
    lab.git('commit', '-qam', text);
  };
  beforeEach(async () => {
    lab = await deliveryLab(folder.path);
    live = join(folder.path, 'production');
    await mkdir(live);
  });

  it('brings exactly the commit that a branch has, and not what is uncommitted; red health rolls it back', async () => {
    const put = `cp a.txt '${live}/a.txt'`;
    await configure({ command: put, health: `grep -q good '${live}/a.txt'`, healthSeconds: 1, rollback: put });
    await commit('good 1\n');
    await writeFile(join(lab.workspace, 'a.txt'), 'dirty\n');
    assert.match((await deploy()).message, /is live on production/);
    assert.equal(await served(), 'good 1\n');
    await commit('bad\n');
    assert.match(refusal(await deploy()), /health command .* stayed red; production was rolled back/);
    assert.equal(await served(), 'good 1\n');
    const outcomes = [...(await lab.deliveries().state()).deployments.values()].map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['live', 'rolled-back']);
  });

  it('has its secrets for its commands alone, and keeps them out of what is written', async () => {
    lab.environment.DEPLOY_TOKEN = 'hush-hush-hush';
    lab.environment.OTHER_TOKEN = 'not-for-it-at-all';
    const command = `echo "$DEPLOY_TOKEN" "$OTHER_TOKEN" > '${live}/a.txt'; echo said "$DEPLOY_TOKEN"`;
    await configure({ command, secrets: ['DEPLOY_TOKEN'], checks: ['test -z "$DEPLOY_TOKEN"'] });
    assert.ok((await deploy()).ok);
    assert.equal(await served(), 'hush-hush-hush \n');
    const book = await readFile(join(lab.workspace, '.orchestrate', 'delivery', 'events.jsonl'), 'utf8');
    assert.equal(book.includes('hush-hush-hush'), false);
    delete lab.environment.DEPLOY_TOKEN;
    assert.match(refusal(await deploy()), /needs secrets .*DEPLOY_TOKEN/);
  });

  it('has the secrets that the editor keeps for this folder and this environment, and for no other', async () => {
    const command = `echo "$DEPLOY_TOKEN" > '${live}/a.txt'`;
    const environment = { command, secrets: ['DEPLOY_TOKEN'] };
    await lab.configure({ environments: { production: environment, staging: environment } });
    const kept = new Map<string, string>();
    const deliveries = lab.deliveries(lab.workspace, systemClock, { get: async slot => kept.get(slot) });
    const [missing] = await deliveries.secretsOf('production');
    assert.deepEqual([missing?.name, missing?.from], ['DEPLOY_TOKEN', undefined]);
    kept.set(missing?.slot ?? '', 'hush-hush-hush');
    assert.deepEqual(await deliveries.secretsOf('production'), [{ ...missing, from: 'editor' }]);
    assert.match(refusal(await deliveries.deploy('staging', you, never)), /staging needs secrets .*DEPLOY_TOKEN/);
    assert.ok((await deliveries.deploy('production', you, never)).ok);
    assert.equal(await served(), 'hush-hush-hush\n');
    const slots = ['/one', '/two'].map(at => deploySecret(hashOf, at, 'production', 'DEPLOY_TOKEN'));
    assert.equal(new Set([...slots, missing?.slot]).size, 3, 'another folder has its own');
    lab.environment.DEPLOY_TOKEN = 'of-the-variables';
    assert.equal((await lab.deliveries().secretsOf('production'))[0]?.from, 'variable');
  });

  it('waits for its checks, its time and its person', async () => {
    const command = `touch '${live}/a.txt'`;
    await configure({ command, checks: ['false'] });
    assert.match(refusal(await deploy()), /Nothing was deployed: the check "false" failed/);
    await configure({ command, waitMinutes: 60 });
    assert.match(refusal(await deploy()), /Approved\. production waits 60 minutes/);
    const reviewer = { kind: 'reviewer', agent: 'agent_1', model: 'google/gemini' } as const;
    assert.match(refusal(await lab.deliveries().deploy('production', reviewer, never)), /Only a person/);
    assert.match(refusal(await lab.deliveries().deploy('toString', you, never)), /There is no environment/);
    assert.equal(await served(), 'nothing');
  });

  it('waits no longer than it says, whatever the clock said when it was approved', async () => {
    await configure({ command: `touch '${live}/a.txt'`, waitMinutes: 60 });
    const at = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms });
    const deployAt = (ms: number) => lab.deliveries(lab.workspace, at(ms)).deploy('production', you, never);
    const [year, hour] = [365 * 86_400_000, 3_600_000];
    assert.match(refusal(await deployAt(year)), /Approved\. production waits 60 minutes/);
    assert.match(refusal(await deployAt(0)), /Approved\. production waits 60 minutes/);
    assert.ok((await deployAt(hour + 1000)).ok);
  });

  it('that was cut off is told, and never run again by itself', async () => {
    await configure({ command: `echo x >> '${live}/a.txt'; kill -9 $PPID` });
    const env = { ...lab.environment, PATH: process.env.PATH };
    const child = spawn(process.execPath, [program, 'deploy', 'production', '--yes'], { cwd: lab.workspace, env });
    await once(child, 'close');
    assert.equal(child.signalCode, 'SIGKILL');
    assert.equal(await served(), 'x\n');
    assert.match(refusal(await deploy()), /was cut off, and nobody knows what it has done/);
    assert.equal(await served(), 'x\n');
  });

  it('keeps to its hours, over midnight too', () => {
    const at = (day: number, time: string) => new Date(`2026-11-${day}T${time}:00`);
    const nights = { days: ['mon' as const], from: '22:00', to: '02:00' };
    const cases = [
      [23, '22:30', true],
      [24, '01:59', true],
      [24, '02:00', false],
      [24, '22:30', false],
      [23, '21:59', false],
      [23, '01:00', false],
    ] as const;
    for (const [day, time, may] of cases) assert.equal(isWithin(nights, at(day, time)), may, `${day} ${time}`);
    assert.equal(isWithin({ from: '09:00', to: '17:00' }, at(22, '12:00')), true);
  });
});
