/** In a process of its own: opens that many connections to a port and says nothing on them. Prints what became of them each time it is asked, until its input ends. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const [port, many] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
let [opened, refused] = [0, 0];
const open = new Set<Socket>();

for (let n = 0; n < (many ?? 0); n += AT_ONCE) {
  const batch = Array.from({ length: AT_ONCE }, async () => {
    const socket = connect(port ?? 0, '127.0.0.1');
    let said = '';
    socket.setEncoding('utf8').on('data', text => {
      said += text;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      if (said.startsWith('HTTP/1.1 503 ')) refused++;
    });
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
    opened++;
    if (!socket.destroyed) open.add(socket);
  });
  await Promise.all(batch);
}
console.log(JSON.stringify({ opened }));
process.stdin.on('data', () => console.log(JSON.stringify({ open: open.size, refused })));
process.stdin.on('end', () => process.exit(0));
