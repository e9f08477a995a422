import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';

export interface Connections {
  /** Somebody has shown a token on it. */
  known(socket: Socket): void;
  /** When what is being answered has gone out; what never ends of itself is not waited for. */
  closeAll(): Promise<void>;
}

/** How long an answer may take that is on its way when the server closes, such as the one to the request to stop. */
const LAST_ANSWERS_MS = 1000;

/** At most so many at once: readers of events among them. */
const MOST = 1000;

/**
 * Bounds the connections. When there is no room, the one that has waited longest without having shown a token goes: whoever
 * opens thousands and says nothing keeps nobody out.
 */
export function boundConnections(server: Server, most = MOST): Connections {
  /** In the order in which they came. */
  const unknown = new Set<Socket>();
  const known = new Set<Socket>();
  const answering = new Map<ServerResponse, Promise<void>>();
  server.prependListener('request', (_, response) => {
    const over = new Promise<void>(resolve => response.once('finish', resolve).once('close', resolve));
    answering.set(response, over);
    void over.then(() => answering.delete(response));
  });
  server.on('connection', socket => {
    unknown.add(socket);
    socket.on('close', () => {
      unknown.delete(socket);
      known.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    if (unknown.size + known.size <= most) return;
    const [oldest = socket] = unknown;
    oldest.destroy();
  });
  return {
    known(socket) {
      if (unknown.delete(socket)) known.add(socket);
    },
    // The server itself forgets those that it has told that they speak no HTTP.
    async closeAll() {
      const last = [...answering].filter(([response]) => !isStream(response)).map(([, over]) => over);
      if (last.length > 0)
        await Promise.race([Promise.all(last), setTimeoutPromise(LAST_ANSWERS_MS, undefined, { ref: false })]);
      for (const socket of [...unknown, ...known]) socket.destroy();
    },
  };
}

const isStream = (response: ServerResponse) =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
