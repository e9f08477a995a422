/** The dashboard over a session whose agents all stream at once, with a clock at every handler; told by commands. */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { checklist } from '../../../src/core/team/completion.ts';
import { Connection } from '../../../src/dashboard/connection.ts';
import type { ShownSession } from '../../../src/dashboard/sessions.ts';
import { dashboardRoot, pageHtml } from '../../../src/editor/dashboard/html.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { AGENTS, crowd } from './crowd.ts';

const DELTAS_A_SECOND = 10_000;
const TICK_MS = 5;
/** Each agent ends a call and begins the next that often. */
const CALL_MS = 4000;
/** The heap is looked at that often in one run. */
const LOOKS = 6;
const DELTA = 'four and more ';

/** What one run has measured in the extension host. */
export interface HostFigures {
  seconds: number;
  deltas: number;
  events: number;
  messages: number;
  bytes: number;
  longestHandlerMs: number;
  /** The same by the processor's time: other programs on the machine do not count. */
  longestHandlerCpuMs: number;
  /** How late the loop was at most and in 99 of 100 cases, whoever held it: the load is made in the same loop. */
  loopMs: { max: number; p99: number };
  /** At the beginning and at the end of each part of the run: what fills up to a bound stands still from then on. */
  heapMb: number[];
}

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');
const heapMb = () => {
  gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

let longest = 0;
let longestCpu = 0;
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
/** Calls it and keeps the time of the slowest. */
function timed<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    const start = performance.now();
    const cpuStart = cpuMs();
    run(...args);
    longest = Math.max(longest, performance.now() - start);
    longestCpu = Math.max(longestCpu, cpuMs() - cpuStart);
  };
}

export function activate(context: vscode.ExtensionContext): void {
  const session = crowd();
  const watched: ShownSession = {
    ...session,
    state: session.state,
    subscribe: listener => session.subscribe(timed(listener)),
    onStream: listener => session.onStream(timed(listener)),
  };
  let messages = 0;
  let bytes = 0;
  let panel: vscode.WebviewPanel | undefined;

  const open = () => {
    panel = vscode.window.createWebviewPanel('orchestrate.dashboard', 'Bench', vscode.ViewColumn.Active);
    const { webview } = panel;
    const connection = new Connection({
      source: { sessions: [watched], onChange: listener => session.subscribe(timed(() => listener())) },
      clock: { ...systemClock, after: (ms, run) => systemClock.after(ms, timed(run)) },
      log: { write() {} },
      checklist,
      post(message) {
        messages++;
        bytes += JSON.stringify(message).length;
        void webview.postMessage(message);
      },
      readiness: () => 'ready',
      run() {},
      step() {},
      openFile() {},
      openTranscript() {},
      retryTask: () => undefined,
      texts: {},
      onDrawn() {},
    });
    panel.onDidChangeViewState(() => {
      if (!panel?.visible) connection.hide();
    });
    webview.onDidReceiveMessage(message => connection.receive(message));
    webview.options = { enableScripts: true, localResourceRoots: [dashboardRoot(context.extensionUri)] };
    webview.html = pageHtml(webview, context.extensionUri, 'dashboard');
  };

  /** Lets all agents stream for that long. */
  const run = async (seconds: number): Promise<HostFigures> => {
    const heaps = [heapMb()];
    [messages, bytes, longest, longestCpu] = [0, 0, 0, 0];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const start = performance.now();
    let deltas = 0;
    let events = 0;
    let call = 0;
    const append = (event: Parameters<typeof session.journal.append>[0]) => {
      events++;
      session.journal.append(event);
    };
    for (;;) {
      const passed = performance.now() - start;
      if (passed >= seconds * 1000) break;
      for (const due = Math.min((passed / 1000) * DELTAS_A_SECOND, deltas + 500); deltas < due; deltas++)
        session.stream(`agent-${deltas % AGENTS}`, { type: 'text', text: deltas % 40 ? DELTA : `${DELTA}\n` });
      for (; call < (passed / CALL_MS) * AGENTS; call++) turn(call % AGENTS, Math.floor(call / AGENTS), append);
      if (passed >= (heaps.length * seconds * 1000) / LOOKS) {
        // The journal in memory keeps every event; what is measured is everything else.
        session.journal.events.length = 0;
        heaps.push(heapMb());
      }
      await new Promise(resolve => setTimeout(resolve, TICK_MS));
    }
    delay.disable();
    const took = (performance.now() - start) / 1000;
    const loopMs = { max: delay.max / 1e6, p99: delay.percentile(99) / 1e6 };
    const told = { messages, bytes, longestHandlerMs: longest, longestHandlerCpuMs: longestCpu };
    session.journal.events.length = 0;
    heaps.push(heapMb());
    return { seconds: took, deltas, events, ...told, loopMs, heapMb: heaps };
  };

  const result = process.env.ORCHESTRATE_BENCH_RESULT ?? '';
  const seconds = Number(process.env.ORCHESTRATE_BENCH_SECONDS ?? 60);
  context.subscriptions.push(
    vscode.commands.registerCommand('orchestrate.openDashboard', open),
    vscode.commands.registerCommand('stage.seen', async () =>
      writeFileSync(result, JSON.stringify(await run(seconds))),
    ),
    vscode.commands.registerCommand('stage.hidden', async () =>
      writeFileSync(result, JSON.stringify(await run(Math.min(seconds, 10)))),
    ),
  );
}

/** An agent's call ends, and its next begins. */
function turn(
  n: number,
  round: number,
  append: (event: Parameters<ReturnType<typeof crowd>['journal']['append']>[0]) => void,
) {
  const agent = `agent-${n}`;
  append({
    type: 'call-outcome',
    call: `${agent}-${round}`,
    result: { ok: true, stop: 'tool-calls' },
    usage: { input: 2000, cacheRead: 9000, output: 400 },
    cost: 900_000,
    ms: CALL_MS,
    firstTokenMs: 400,
  });
  append({ type: 'agent-doing', agent, what: `writes src/${n}/file-${round}.ts` });
  const model = ['anthropic/large', 'openai/large', 'google/large', 'ollama/small'][n % 4] ?? '';
  append({
    type: 'call-intent',
    call: `${agent}-${round + 1}`,
    agent,
    turn: round + 2,
    attempt: 1,
    model,
    reserved: 2_000_000,
  });
}
