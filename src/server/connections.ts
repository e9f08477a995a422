import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** Somebody has shown a token on it. */
  known(socket: Socket): void;
  closeAll(): void;
}

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
    closeAll() {
      for (const socket of [...unknown, ...known]) socket.destroy();
    },
  };
}
