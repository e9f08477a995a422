import { oneLine } from '../core/plain.ts';
import { renderPlan } from '../core/plan/render.ts';
import { showCost, showTokens } from '../core/session/figures.ts';
import { whyUnkept } from '../core/session/unkept.ts';
import type { JournalEvent, SessionOutcome } from '../protocol/events.ts';
import { counted, showDuration, showMoney } from '../protocol/show.ts';
import type { RunningSession } from '../runtime/contract.ts';
import { Asking, type Stage } from './asks.ts';
import { eventLine } from './event-line.ts';
import { liveLines } from './live-view.ts';
import { nextSteps, withScript } from './next-step.ts';
import type { Relay } from './relay.ts';
import { type Picture, Screen } from './screen.ts';
import type { Look } from './style.ts';
import { type Call, EXIT, print, printError, printJson, type Terminal } from './terminal.ts';

const CODES: Record<SessionOutcome, number> = {
  completed: EXIT.done,
  failed: EXIT.failures,
  aborted: EXIT.failures,
  'budget-spent': EXIT.budget,
  interrupted: EXIT.interrupted,
};

const TITLES: Record<SessionOutcome, [word: string, paint: Look]> = {
  completed: ['Done', 'good'],
  failed: ['Failed', 'bad'],
  aborted: ['Aborted', 'bad'],
  'budget-spent': ['Budget spent', 'bad'],
  interrupted: ['Stopped', 'warn'],
};

/** Shows a session while it runs, hands questions to the user, and says at the end what came of it. */
export async function watchRun(
  terminal: Terminal,
  call: Call,
  session: RunningSession,
  events: Relay<JournalEvent>,
): Promise<number> {
  const json = call.options.json === true;
  const live = terminal.out.isTTY === true && !json;
  const { state } = session.journal;
  const over = new AbortController();
  const { style } = terminal;
  const screen = live
    ? new Screen(terminal.out, terminal.clock, style, (columns, rows): Picture => {
        // A question takes what it needs; the team's lines have the rest.
        const asked = asking?.picture(columns, rows - LEAST_LINES);
        const room = rows - (asked?.lines.length ?? 0);
        const now = terminal.clock.now();
        const lines = liveLines(state, { now, columns, rows: room, style, asks: asking ? 'none' : 'first' });
        return asked ? { lines: [...lines, ...asked.lines], cursor: asked.cursor } : { lines };
      })
    : undefined;
  const asking = screen && terminal.input.isTTY ? new Asking(terminal, session, stageOn(screen, terminal)) : undefined;
  const show = (event: JournalEvent) => {
    if (json) return printJson(terminal, event);
    if (screen && event.type === 'plan-proposed') screen.print(planView(event.plan, event.estimate, terminal));
    if (screen) return screen.touch();
    const line = eventLine(event, terminal.style);
    if (line) print(terminal, line);
  };
  const subscription = events.listen(show);
  const stop = () => {
    if (screen) screen.print(STOPPING);
    else printError(terminal, STOPPING);
    session.stop('interrupted in the terminal');
  };
  terminal.interrupt.addEventListener('abort', stop, { once: true });
  if (terminal.interrupt.aborted) stop();
  // Elapsed times grow although nothing happens.
  const ticker = screen && setInterval(() => screen.touch(), 1000);
  const answers = asking?.run(over.signal);
  let outcome: SessionOutcome;
  try {
    outcome = await session.done;
  } finally {
    over.abort();
    await answers;
    clearInterval(ticker);
    subscription.dispose();
    terminal.interrupt.removeEventListener('abort', stop);
    screen?.dispose();
  }
  if (!json) sayEnd(terminal, session, outcome);
  const { unkept } = session;
  if (!unkept.aborted) return CODES[outcome];
  const again = `orchestrate resume ${session.id}${withScript(state)}`;
  printError(
    terminal,
    `The session was stopped: ${whyUnkept(unkept.reason)}. When that is put right, go on with: ${again}`,
  );
  return EXIT.failures;
}

const STOPPING = 'Stopping: what is under way is brought to an end. Ctrl-C again stops at once.';

/** Lines of the live view that stay beside a question. */
const LEAST_LINES = 4;

const stageOn = (screen: Screen, { out }: Terminal): Stage => ({
  print: text => screen.print(text),
  paint: () => screen.paint(),
  size: () => ({ columns: (out.columns ?? 80) - 1, rows: (out.rows ?? 24) - 1 - LEAST_LINES }),
});

function planView(
  plan: Parameters<typeof renderPlan>[0],
  estimate: { low?: number | undefined; high?: number | undefined } | undefined,
  terminal: Terminal,
): string {
  const range = estimate?.high === undefined ? 'unknown' : `${showMoney(estimate.low)} to ${showMoney(estimate.high)}`;
  return `${terminal.style.dim('The plan:')}\n${renderPlan(plan)}\n${terminal.style.dim(`Expected cost: ${range}`)}`;
}

function sayEnd(terminal: Terminal, session: RunningSession, outcome: SessionOutcome): void {
  const { style } = terminal;
  const { state } = session.journal;
  const tasks = [...state.tasks.values()];
  const done = tasks.filter(task => task.status === 'completed').length;
  const waiting = session.changes.pendingFiles();
  const hunks = waiting.reduce((sum, file) => sum + file.hunks, 0);
  const [word, paint] = TITLES[outcome];
  const lines = [
    '',
    `${style.bold(style[paint](word))}: ${done} of ${counted(tasks.length, 'task')}, ${showTokens(state.tally)} tokens, ${showCost(state.tally)}${state.rehearsal ? ' (rehearsed: nothing was spent)' : ''}, ${showDuration(state.activeMs)}`,
    ...(state.outcome && !session.unkept.aborted ? [`  ${oneLine(state.outcome.reason)}`] : []),
    `  switches of model ${state.switches}, answers discarded ${state.discarded}, escalations ${state.escalations}, permissions denied ${state.deniedPermissions}`,
    `Session:  ${session.place}`,
    `Report:   ${session.place}/report.md`,
  ];
  if (waiting.length > 0) {
    lines.push(
      `Review:   ${counted(waiting.length, 'file')}, ${counted(hunks, 'hunk')} waiting: orchestrate changes · accept · reject`,
    );
  }
  if (!session.unkept.aborted) lines.push(...nextSteps(state));
  print(terminal, lines.join('\n'));
}
