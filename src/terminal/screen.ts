import type { Clock, Disposable } from '../core/ports.ts';

interface Terminal {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
}

const FRAME_MS = 100;

/** Repaints a block of lines in place, at most ten times a second, with ordinary output above it. */
export class Screen implements Disposable {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #render: (columns: number, rows: number) => string[];
  #painted = 0;
  #timer: Disposable | undefined;
  #closed = false;

  constructor(terminal: Terminal, clock: Clock, render: (columns: number, rows: number) => string[]) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#render = render;
  }

  /** Something changed: a repaint follows soon. */
  touch(): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.after(FRAME_MS, () => {
      this.#timer = undefined;
      this.#paint();
    });
  }

  /** Prints lines that stay. */
  print(text: string): void {
    this.#terminal.write(`${this.#erase()}${text}\n`);
    this.#painted = 0;
    if (!this.#closed) this.#paint();
  }

  /** Leaves the last picture standing. */
  dispose(): void {
    if (this.#closed) return;
    this.#timer?.dispose();
    this.#paint();
    this.#closed = true;
    this.#painted = 0;
  }

  #paint(): void {
    if (this.#closed) return;
    // One column and one row stay free: a full last column or row would scroll and spoil the next erase.
    const lines = this.#render((this.#terminal.columns ?? 80) - 1, (this.#terminal.rows ?? 24) - 1);
    this.#terminal.write(`${this.#erase()}${lines.map(line => `${line}\n`).join('')}`);
    this.#painted = lines.length;
  }

  #erase(): string {
    return this.#painted > 0 ? `\u001b[${this.#painted}A\r\u001b[J` : '';
  }
}
