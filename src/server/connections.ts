import type { Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
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
  const unknown = new Map<string, Socket>();
  const known = new Map<string, Socket>();
  const answering = new Map<ServerResponse, Promise<void>>();
  server.prependListener('request', (_, response) => {
    const over = new Promise<void>(resolve => response.once('finish', resolve).once('close', resolve));
    answering.set(response, over);
    void over.then(() => answering.delete(response));
  });
  server.on('connection', socket => {
    const peer = peerOf(socket);
    unknown.set(peer, socket);
    socket.on('close', () => {
      for (const all of [unknown, known]) if (all.get(peer) === socket) all.delete(peer);
    });
    socket.on('error', () => socket.destroy());
    if (unknown.size + known.size <= most) return;
    const [oldest = socket] = unknown.values();
    // At once: the next one that comes, before this one is gone, has to make room by another.
    unknown.delete(peerOf(oldest));
    turnAway(oldest, !(server instanceof TlsServer));
  });
  return {
    known(shown) {
      const peer = peerOf(shown);
      const socket = unknown.get(peer);
      if (socket && unknown.delete(peer)) known.set(peer, socket);
    },
    // The server itself forgets those that it has told that they speak no HTTP.
    async closeAll() {
      const last = [...answering].filter(([response]) => !isStream(response)).map(([, over]) => over);
      if (last.length > 0)
        await Promise.race([Promise.all(last), setTimeoutPromise(LAST_ANSWERS_MS, undefined, { ref: false })]);
      for (const socket of [...unknown.values(), ...known.values()]) socket.destroy();
    },
  };
}

/** Under TLS the socket that speaks to us is not the one that was connected: both have the same remote end. */
const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;

/** In words where it can read them already: before a TLS handshake there are none. */
function turnAway(socket: Socket, isPlain: boolean): void {
  if (!isPlain) socket.destroy();
  else {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    socket.destroySoon();
  }
}

const isStream = (response: ServerResponse) =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
