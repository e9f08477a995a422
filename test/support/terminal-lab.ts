import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { withoutSeal } from '../../src/core/session/seal.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { serve } from './wire.ts';

/** The program as it stands; `npm test` says where the one is that it has built, which is what people run, and starts faster. */
export const program =
  process.env.ORCHESTRATE_TEST_PROGRAM ?? fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/**
 * A home and a workspace in that folder for the terminal program, whose one vendor answers so. `more` adds to the
 * user's configuration, and names their home folder where the real one should not be seen.
 */
export async function terminalLab(
  folder: string,
  answer: (request: CanonicalRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
  more: { config?: object; home?: string } = {},
) {
  const servers = await serve({ answer });
  const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')];
  await mkdir(workspace);
  await mkdir(home);
  const route = ['anthropic/claude-sonnet-5-5'];
  const config: Record<string, unknown> & { permissions?: object } = {
    providers: { anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic } },
    routes: { orchestrator: route, implementer: route },
    ...more.config,
  };
  // Whatever machine this is: what holds commands has tests of its own.
  config.permissions = { sandbox: 'off', ...config.permissions };
  await writeFile(join(home, 'config.yaml'), stringify(config));
  // Variables for the tests themselves would be told as unknown ones.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ORCHESTRATE_'));
  const env = {
    ...Object.fromEntries(inherited),
    ...(more.home !== undefined && { HOME: more.home }),
    ANTHROPIC_API_KEY: 'any-key',
    ORCHESTRATE_HOME: home,
  };
  const run = (command: string, args: string[]) => spawn(command, args, { cwd: workspace, env });
  const sessions = join(workspace, '.orchestrate', 'sessions');
  /** The events in the journal of its one session; seals are the file's, and are told to nobody. */
  const events = async () => {
    const [id = 'none'] = (await readdir(sessions).catch(() => [])).filter(name => !name.startsWith('.'));
    const text = await readFile(join(sessions, id, 'events.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(withoutSeal(line))]));
  };
  return { workspace, env, sessions, run, events, servers };
}

export const codeOf = async (child: ChildProcess) => (await once(child, 'close'))[0];
