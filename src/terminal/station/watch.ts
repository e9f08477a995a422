import type { Disposable } from '../../core/ports.ts';
import type { StationRecord, StationState } from '../../core/station/contract.ts';
import { Screen } from '../screen.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { stationEventLine } from './event-line.ts';
import { stationLines } from './lines.ts';

interface Watched {
  state(): StationState;
  hear(told: (event: StationRecord) => void): Disposable;
  runs: boolean;
  over: AbortSignal;
}

/** Shows a standing team until it is over: in place where there is a terminal, else as lines. */
export async function watchStation(
  terminal: Terminal,
  call: Call,
  { state, hear, runs, over }: Watched,
): Promise<void> {
  const { clock, style, out } = terminal;
  const json = call.options.json === true;
  const screen =
    out.isTTY && !json
      ? new Screen(out, clock, style, (columns, rows) => ({
          lines: stationLines(state(), { now: clock.now(), columns, rows, style, runs }),
        }))
      : undefined;
  if (!screen && !json)
    print(terminal, stationLines(state(), { now: clock.now(), columns: 100, rows: 30, style, runs }).join('\n'));
  const heard = hear(event => {
    if (json) return printJson(terminal, event);
    if (screen) return screen.touch();
    const line = stationEventLine(event, style);
    if (line) print(terminal, line);
  });
  screen?.touch();
  const ticker = screen && setInterval(() => screen.touch(), 1000);
  try {
    if (!over.aborted)
      await new Promise<void>(resolve => over.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    clearInterval(ticker);
    heard.dispose();
    screen?.dispose();
  }
}
