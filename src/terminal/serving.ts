import type { Place } from '../server/place.ts';
import { type ServedFolder, serve } from '../server/serve.ts';
import type { RunningServer } from '../server/server.ts';
import { quietLog } from './open-runtime.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** Where it is listened unless somebody says otherwise. */
export const PORT = 4280;

export function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new UsageError(`"${text}" is no port: write a number from 0 to 65535.`);
}

const TAKEN: ReadonlySet<unknown> = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']);

/** Whether nobody can listen there. */
const isTaken = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && TAKEN.has(error.code);

/** Serves them at a place that the user has named. */
export function serveAt(
  terminal: Terminal,
  place: Place,
  folders: readonly ServedFolder[],
  readOnly: boolean,
): Promise<RunningServer> {
  const { clock, version, environment } = terminal;
  return serve(folders, { readOnly, place, version, environment, clock, log: quietLog(terminal) }).catch(error => {
    if (!isTaken(error)) throw error;
    throw new UsageError(
      `${place.host}:${place.port} cannot be listened on (${error.code}). Choose another by --port N, 0 for any.`,
    );
  });
}
