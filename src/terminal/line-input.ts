import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Disposable } from '../core/ports.ts';

/** Readline edits the line; whoever paints the screen shows it. */
const nowhere = () =>
  Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { columns: 100_000, rows: 1 });

const turnOfTheLoop = () => new Promise<void>(resolve => setImmediate(resolve));

/** Forgets what was typed before now, what still lies in the terminal's queue included. */
export async function discardTyped(lines: Pick<Interface, 'write'>): Promise<void> {
  // Each turn of the loop reads what has come; the second one hands it on.
  await turnOfTheLoop();
  await turnOfTheLoop();
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
}

/** Lines that a person types in a terminal, shown by others. A line that nobody has asked for is no answer to anything. */
export class LineInput implements Disposable {
  readonly #input: NodeJS.ReadStream;
  readonly #changed: () => void;
  #lines: Interface;
  #take: ((line: string) => void) | undefined;
  #over = false;

  constructor(input: NodeJS.ReadStream, changed: () => void) {
    this.#input = input;
    this.#changed = changed;
    this.#lines = this.#open();
    // After readline's own listener: it has taken the key by then.
    input.on('keypress', changed);
  }

  get text(): string {
    return this.#lines.line;
  }

  /** Where in the text the next letter goes. */
  get cursor(): number {
    return this.#lines.cursor;
  }

  /** What has been typed so far is no answer to what comes. */
  async discard(): Promise<void> {
    await discardTyped(this.#lines);
  }

  /** The next line; undefined when the signal comes first. */
  next(signal: AbortSignal): Promise<string | undefined> {
    return new Promise(resolve => {
      const finish = (line?: string) => {
        this.#take = undefined;
        signal.removeEventListener('abort', cancel);
        resolve(line);
      };
      const cancel = () => finish();
      if (signal.aborted) return finish();
      signal.addEventListener('abort', cancel);
      this.#take = finish;
    });
  }

  dispose(): void {
    this.#over = true;
    this.#input.off('keypress', this.#changed);
    this.#lines.close();
  }

  #open(): Interface {
    const lines = createInterface({ input: this.#input, output: nowhere(), terminal: true, historySize: 0 });
    lines.on('line', line => this.#take?.(line));
    // Readline takes these keys for itself.
    lines.on('SIGINT', () => process.emit('SIGINT'));
    lines.on('SIGCONT', () => this.#changed());
    lines.on('close', () => {
      // Ctrl-D means nothing here; a terminal that is gone tells so by a signal.
      if (!this.#over && !this.#input.readableEnded && !this.#input.destroyed) this.#lines = this.#open();
    });
    return lines;
  }
}
