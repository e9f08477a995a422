// Stands in for npm: makes the files that installing the web host would make, slowly enough to be killed half-way.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const { FAKE_NPM_LOG: log, FAKE_NPM_FAILS: fails, FAKE_NPM_MS: ms = '50' } = process.env;
if (fails) process.exit(1);
const folder = basename(process.cwd());
const step =
  process.argv[2] === 'rebuild'
    ? 'native'
    : folder === 'vscode'
      ? 'modules'
      : folder === 'extensions'
        ? 'extensions'
        : 'server';
const note = text => appendFileSync(log, `${step} ${text}\n`);
note(step !== 'native' && existsSync('node_modules/half') ? 'begins on leftovers' : 'begins');
if (step !== 'native') {
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/half', '');
}
await new Promise(resolve => setTimeout(resolve, Number(ms)));
if (step === 'server') {
  const product = 'node_modules/code-server/lib/vscode';
  mkdirSync(join(product, 'out'), { recursive: true });
  mkdirSync(join(product, 'extensions'), { recursive: true });
  writeFileSync(join(product, 'out', 'server-main.js'), '');
}
note('ends');
