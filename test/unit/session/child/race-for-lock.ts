import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionFolder } from '../../../support/own-sessions.ts';

/** Takes the lock of the session in argv[2] argv[3] times, each time alone or ending with an error; dies holding it. */
const [folder = '', rounds = '0'] = process.argv.slice(2);
for (let round = 1; ; ) {
  const store = sessionFolder(folder);
  if (!(await store.lock('terminal')).ok) {
    await sleep(Math.random() * 4);
    continue;
  }
  const alone = join(folder, 'alone');
  await (await open(alone, 'wx')).close();
  await sleep(1);
  await rm(alone);
  if (round++ === Number(rounds)) process.exit(0);
  await store.close();
}
