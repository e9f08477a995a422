import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { cacheFolder } from './paths.ts';

/** Runs npm in `cwd`; rejects with its output when it fails. */
export async function npm(args: string[], cwd: string, signal?: AbortSignal): Promise<void> {
  const script = process.env.npm_execpath;
  const throughNode = script?.endsWith('.js') === true;
  const command = throughNode ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const child = spawn(command, throughNode ? [script, ...args] : args, {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command.endsWith('.cmd'),
    ...(signal ? { signal } : {}),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  await new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('close', code => {
      if (code === 0) done();
      else fail(new Error(`npm ${args.join(' ')} in ${cwd} ended with code ${code}\n${output}`));
    });
  });
}

/** Ours without what an enclosing `npm run` says of its own project: npm would install there instead. */
function environment(): NodeJS.ProcessEnv {
  const keep = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix|config_prefix|command|execpath)/i.test(name),
  );
  const env: NodeJS.ProcessEnv = Object.fromEntries(keep);
  // Without a home folder npm would put its cache into the current one.
  if (!isAbsolute(homedir()) && !env.npm_config_cache) env.npm_config_cache = join(cacheFolder(), 'npm-cache');
  return env;
}
