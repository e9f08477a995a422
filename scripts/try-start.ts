/**
 * `try-start.ts COMMAND`: runs the command that starts Orchestrate as a person would, waits until the page answers,
 * sees in a browser that the extension is active and plays its demo, then presses Ctrl+C and sees that all has ended.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { demo } from '../test/support/host/demo.ts';
import { Workbench } from '../test/support/host/workbench.ts';
import { root } from './host/paths.ts';

const limitMs = 5 * 60_000;
const command = process.argv[2] ?? 'npm start';

const child = spawn(command, { cwd: root, shell: true, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
const ended = once(child, 'close');

function printedAddress(): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    const timer = setTimeout(() => fail(new Error(`no address was printed:\n${output}`)), limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      output += text;
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)?.[0];
      if (url && /\s$/.test(output)) {
        clearTimeout(timer);
        done(url);
      }
    });
    void ended.then(([code]) => fail(new Error(`${command} ended with code ${code}`)));
  });
}

/** As Ctrl+C does: to all processes of the command. */
async function interrupt(): Promise<void> {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  await ended;
}

const isOpen = (port: number) =>
  new Promise<boolean>(done => {
    const socket = connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
    socket.unref();
  });

const began = performance.now();
try {
  const url = await printedAddress();
  console.log(`up after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const { status } = await fetch(url);
  assert.equal(status, 200);
  console.log('the page answers 200');
  {
    await using workbench = await Workbench.visit(url);
    await workbench.showSidebar();
    await workbench.welcome.getByRole('button', { name: 'Start Session' }).waitFor();
    await workbench.statusBarItem.waitFor();
    console.log('the extension is active');
    await demo.start(workbench);
    await workbench.approvePlan();
    await demo.ended(workbench);
    console.log('the demo has run to its end');
  }
  await interrupt();
  assert.equal(await isOpen(Number(new URL(url).port)), false, 'the server has outlived the command');
  console.log('ended');
} catch (error) {
  await interrupt();
  throw error;
}
