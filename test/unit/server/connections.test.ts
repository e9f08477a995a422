import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { boundConnections } from '../../../src/server/connections.ts';
import { until } from '../../support/until.ts';

describe('The connections of a server', () => {
  let server: Server;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    server.closeAllConnections();
  });

  it('are bounded: who has shown no token makes room first, and where all have, the newest is told to come again', async () => {
    server = createServer((request, response) => {
      if (request.url === '/known') bound.known(request.socket);
      response.end('served');
    });
    const bound = boundConnections(server, 3);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const open = async (path?: string) => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      const kept = { said: '', closed: false };
      socket.setEncoding('utf8').on('data', text => {
        kept.said += text;
      });
      socket.on('close', () => {
        kept.closed = true;
      });
      await once(socket, 'connect');
      if (path !== undefined) {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await until(() => kept.said.includes('served'));
      }
      return kept;
    };
    const [first, silent] = [await open('/known'), await open()];
    await open('/known');
    assert.equal(silent.closed, false);
    await open('/known');
    await until(() => silent.closed);
    assert.match(silent.said, /^HTTP\/1.1 503 .*\r\nRetry-After: 5\r\n/);
    const late = await open();
    await until(() => late.closed);
    assert.match(late.said, /^HTTP\/1.1 503 /);
    assert.equal(first.closed, false);
  });

  it('stay bounded when many come at once, before those that made room are gone', async () => {
    server = createServer();
    boundConnections(server, 3);
    const came: Socket[] = [];
    const door = createTcpServer({ allowHalfOpen: true }, socket => came.push(socket));
    await once(door.listen(0, '127.0.0.1'), 'listening');
    const { port } = door.address() as AddressInfo;
    for (let n = 0; n < 50; n++)
      sockets.push(
        connect(port, '127.0.0.1')
          .on('error', () => undefined)
          .resume(),
      );
    await until(() => came.length === 50);
    door.close();
    sockets.push(...came);
    for (const socket of came) server.emit('connection', socket);
    await until(() => came.filter(socket => !socket.destroyed).length === 3);
  });
});
