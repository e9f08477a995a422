import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { ProcessOutcome, Sandbox } from '../../core/ports.ts';
import { createProcesses } from '../processes.ts';

const SECRET = 'the-secret-of-the-proof';
const TIMEOUT_MS = 20_000;

/**
 * Proves that commands are held, by running one that tries to get out: once unheld, so that it is known that each attempt
 * would be seen, and once held. The text says what is not as it must be; undefined: it holds.
 */
export async function proveHolding(folder: string, open: (root: string) => Sandbox): Promise<string | undefined> {
  const server = await listen();
  const worlds = ['proof-free', 'proof-held'].map(name => join(folder, name));
  const [free = '', held = ''] = worlds;
  const { signal } = new AbortController();
  try {
    const loose = createProcesses({ root: await prepare(free) });
    const { output } = await loose.run(request(free, server.port), signal);
    const unseen = names(await traces(free, output, await server.heard()), false);
    if (unseen.length > 0) return `it cannot be proved: outside of it, too, a command could not ${unseen.join(', ')}`;
    const sandbox = open(await prepare(held));
    try {
      const run = await sandbox.run(
        request(held, server.port),
        { owner: 'proof', write: ['src/**'], network: [] },
        signal,
      );
      const made = await run.read('src/made.txt').then(String, () => undefined);
      await run.close([]);
      const { outcome } = run;
      const got = names(await traces(held, outcome.output, await server.heard()), true);
      if (got.length > 0) return `a command was not held: it could ${got.join(', ')}`;
      if (outcome.ended !== 'exit' || outcome.exit !== 0) return `a command could not be run: ${told(outcome)}`;
      return made === 'allowed\n' ? undefined : `a command could not write what it may: ${told(outcome)}`;
    } finally {
      await sandbox.close();
    }
  } finally {
    server.close();
    for (const path of worlds) await rm(path, { recursive: true, force: true });
  }
}

/** A server of this machine that counts who connects. */
async function listen() {
  let count = 0;
  const server = createServer(socket => {
    count++;
    socket.on('error', () => undefined);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Since it was asked last. One more connection comes after all that came before. */
    heard: async () => {
      const last = connect(port, '127.0.0.1');
      last.on('error', () => undefined);
      await once(last, 'close');
      const before = count - 1;
      count = 0;
      return before;
    },
    close: () => server.close(),
  };
}

async function prepare(folder: string): Promise<string> {
  const [root, outside] = [join(folder, 'workspace'), join(folder, 'outside')];
  for (const path of [join(root, 'src'), join(root, '.git', 'hooks'), outside]) await mkdir(path, { recursive: true });
  await writeFile(join(root, '.env'), SECRET);
  await writeFile(join(root, 'unclaimed.txt'), 'as it was');
  await writeFile(join(outside, 'private.txt'), SECRET);
  return root;
}

const ATTEMPTS = `
echo "reads: $(cat .env)"
echo "reads-outside: $(cat "$PROOF_OUTSIDE/private.txt")"
echo "reads-by-link: $(ln .env src/linked && cat src/linked)"; rm -f src/linked
echo "reads-by-move: $(mv .env src/moved && cat src/moved)"; mv -f src/moved .env
echo written > "$PROOF_OUTSIDE/written.txt"
echo written > unclaimed.txt
echo written > .git/hooks/post-commit
if [ -n "$BASH_VERSION" ]; then (exec 3<>"/dev/tcp/127.0.0.1/$PROOF_PORT")
else "$PROOF_NODE" -e 'require("net").connect(process.env.PROOF_PORT, "127.0.0.1").on("error", () => 1)'; fi
echo own > "\${TMPDIR:-/tmp}/own-$PROOF_PORT" && rm "\${TMPDIR:-/tmp}/own-$PROOF_PORT" && echo allowed > src/made.txt`;

const request = (folder: string, port: number) => ({
  command: ATTEMPTS,
  env: {
    PROOF_OUTSIDE: join(folder, 'outside'),
    PROOF_PORT: String(port),
    PROOF_NODE: process.execPath,
    ELECTRON_RUN_AS_NODE: '1',
  },
  timeoutMs: TIMEOUT_MS,
  outputLimit: 20_000,
});

/** What the attempts came to, by what whoever reads of it understands. */
async function traces(folder: string, output: string, heard: number): Promise<Record<string, boolean>> {
  const stands = (path: string) => readFile(join(folder, path), 'utf8').catch(() => '');
  const shows = (name: string) => output.includes(`${name}: ${SECRET}`);
  return {
    'read a secret': shows('reads'),
    'read what lies outside': shows('reads-outside'),
    'read a secret by a link to it': shows('reads-by-link'),
    'read a secret by moving it': shows('reads-by-move'),
    'write outside': (await stands('outside/written.txt')) !== '',
    'write a file that it has not claimed': (await stands('workspace/unclaimed.txt')) !== 'as it was',
    'write a hook of git': (await stands('workspace/.git/hooks/post-commit')) !== '',
    'reach a server of this machine': heard > 0,
  };
}

const names = (found: Record<string, boolean>, which: boolean) =>
  Object.keys(found).filter(name => found[name] === which);

const told = ({ output, message, exit, ended }: ProcessOutcome) =>
  (message ?? output).trim().slice(-300) || `it ended with ${exit ?? ended}`;
