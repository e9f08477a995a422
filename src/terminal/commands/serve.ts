import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { forOthers, onThisMachine, type Place } from '../../server/place.ts';
import { SERVING, showSessions } from '../../server/serve.ts';
import { openRuntimeAt, quietLog } from '../open-runtime.ts';
import { PORT, portOf, serveAt } from '../serving.ts';
import { type Call, EXIT, option, options, print, printError, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate serve` */
export async function serve(terminal: Terminal, call: Call): Promise<number> {
  const named = options(call, 'workspace');
  const folders = [...new Set((named.length > 0 ? named : ['.']).map(folder => resolve(terminal.folder, folder)))];
  for (const folder of folders) {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw new UsageError(`${folder} is no folder.`);
  }
  const place = await placeOf(terminal, call);
  const log = quietLog(terminal);
  const shown = await Promise.all(
    folders.map(async folder =>
      // Whoever has a token for it can answer, so somebody is there.
      showSessions(folder, await openRuntimeAt(terminal, call, folder, SERVING), { clock: terminal.clock, log }),
    ),
  );
  const server = await serveAt(terminal, place, shown, call.options['read-only'] === true);
  print(terminal, `Serving ${folders.join(', ')}`);
  print(terminal, `Open in a browser: ${await server.signInUrl()}`);
  print(terminal, terminal.style.dim('Ctrl-C stops it, and what runs in it so that it can be resumed.'));
  const { interrupt } = terminal;
  if (!interrupt.aborted)
    await new Promise<void>(stop => interrupt.addEventListener('abort', () => stop(), { once: true }));
  printError(terminal, 'Stopping: what is under way is brought to an end. Ctrl-C again stops at once.');
  for (const { runtime } of shown) await runtime.close();
  await server.close();
  return EXIT.done;
}

async function placeOf(terminal: Terminal, call: Call): Promise<Place> {
  const said = option(call, 'port');
  const port = said === undefined ? PORT : portOf(said);
  const host = option(call, 'host');
  const url = option(call, 'url');
  const cert = option(call, 'tls-cert');
  const key = option(call, 'tls-key');
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert and --tls-key go together.');
  if (host === undefined && url === undefined && cert === undefined) return onThisMachine(port);
  const place = forOthers({
    host: host ?? '127.0.0.1',
    port,
    ...(cert !== undefined && key !== undefined && { tls: await certified(terminal, cert, key) }),
    ...(url !== undefined && { url: urlOf(url) }),
  });
  if (typeof place === 'string') throw new UsageError(place);
  return place;
}

/** A certificate and its key that can be used. */
async function certified(
  terminal: Terminal,
  certFile: string,
  keyFile: string,
): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (path: string) =>
    readFile(resolve(terminal.folder, path)).catch(error => {
      throw new UsageError(`${path} cannot be read: ${messageOf(error)}`);
    });
  const pair = { cert: await read(certFile), key: await read(keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new UsageError(
      `${certFile} and ${keyFile} are no certificate in PEM with its key, without a password: ${messageOf(error)}`,
    );
  }
  return pair;
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new UsageError(`"${text}" is no address: write for example --url https://team.example.org.`);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
