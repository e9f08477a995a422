import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { forOthers, onThisMachine, type Place } from '../../server/place.ts';
import { serve as startServing } from '../../server/serve.ts';
import { openRuntimeAt, quietLog } from '../open-runtime.ts';
import { type Call, EXIT, option, options, print, printError, type Terminal, UsageError } from '../terminal.ts';

const PORT = 4280;

/** `orchestrate serve` */
export async function serve(terminal: Terminal, call: Call): Promise<number> {
  const named = options(call, 'workspace');
  const folders = (named.length > 0 ? named : ['.']).map(folder => resolve(terminal.folder, folder));
  for (const folder of folders) {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw new UsageError(`${folder} is no folder.`);
  }
  const place = await placeOf(terminal, call);
  const { clock, version, environment, interrupt } = terminal;
  const server = await startServing({
    folders,
    readOnly: call.options['read-only'] === true,
    place,
    version,
    environment,
    clock,
    log: quietLog(terminal),
    runtime: (folder, more) => openRuntimeAt(terminal, call, folder, more),
  }).catch(error => {
    if (error?.code !== 'EADDRINUSE' && error?.code !== 'EACCES' && error?.code !== 'EADDRNOTAVAIL') throw error;
    throw new UsageError(
      `${place.host}:${place.port} cannot be listened on (${error.code}). Choose another by --port N, 0 for any.`,
    );
  });
  print(terminal, `Serving ${folders.join(', ')}`);
  print(terminal, `Open in a browser: ${await server.signInUrl()}`);
  print(terminal, terminal.style.dim('Ctrl-C stops it, and what runs in it so that it can be resumed.'));
  if (!interrupt.aborted)
    await new Promise<void>(stop => interrupt.addEventListener('abort', () => stop(), { once: true }));
  printError(terminal, 'Stopping: what is under way is brought to an end. Ctrl-C again stops at once.');
  await server.close();
  return EXIT.done;
}

async function placeOf(terminal: Terminal, call: Call): Promise<Place> {
  const port = portOf(option(call, 'port'));
  const host = option(call, 'host');
  const url = option(call, 'url');
  const cert = option(call, 'tls-cert');
  const key = option(call, 'tls-key');
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert and --tls-key go together.');
  if (host === undefined && url === undefined && cert === undefined) return onThisMachine(port);
  const read = (path: string) =>
    readFile(resolve(terminal.folder, path)).catch(error => {
      throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    });
  const place = forOthers({
    host: host ?? '127.0.0.1',
    port,
    ...(cert !== undefined && key !== undefined && { tls: { cert: await read(cert), key: await read(key) } }),
    ...(url !== undefined && { url: urlOf(url) }),
  });
  if (typeof place === 'string') throw new UsageError(place);
  return place;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return PORT;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new UsageError(`"${text}" is no port: write a number from 0 to 65535.`);
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new UsageError(`"${text}" is no address: write for example --url https://team.example.org.`);
}
