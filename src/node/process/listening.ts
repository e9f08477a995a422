import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import type { RunningProcess } from '../../core/ports.ts';
import { markedProcesses } from './process-tree.ts';

const LISTENING = '0A';
const CONNECT_MS = 500;

/** Sockets that somebody listens on in the network a process sees: the port by the socket's number. */
async function listenersSeenBy(pid: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local?.split(':')[1] ?? '', 16);
      if (state === LISTENING && inode && Number.isInteger(port)) found.set(inode, port);
    }
  }
  return found;
}

async function socketsOf(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return links.flatMap(link => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

async function portsOf(mark: string): Promise<number[]> {
  const ports = new Set<number>();
  for (const pid of await markedProcesses(mark)) {
    const sockets = await socketsOf(pid);
    if (sockets.length === 0) continue;
    const listeners = await listenersSeenBy(pid);
    for (const socket of sockets) {
      const port = listeners.get(socket);
      if (port !== undefined) ports.add(port);
    }
  }
  return [...ports].sort((one, other) => one - other);
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise(done => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (is: boolean) => {
      socket.destroy();
      done(is);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

/** A command that was started, by the mark in its environment. Only Linux tells whose a port is. */
export const runningProcess = (mark: string): RunningProcess =>
  process.platform === 'linux'
    ? { ports: () => portsOf(mark), listens: async port => (await portsOf(mark)).includes(port) }
    : {
        ports: async () => [],
        listens: async port => (await answers('127.0.0.1', port)) || (await answers('::1', port)),
      };
