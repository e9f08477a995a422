import type { Clock, Disposable } from '../core/ports.ts';
import { printed } from './printed.ts';
import { type Style, widthOf } from './style.ts';

interface Terminal {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** What stands at the bottom of the terminal: lines, and in the last of them the cursor where something is typed. */
export interface Picture {
  lines: string[];
  /** Its column in the last line. */
  cursor?: number;
}

const FRAME_MS = 100;
/** Terminals that know these show nothing of a picture before all of it is there; the others pass them over. */
const HOLD = '\u001b[?2026h';
const SHOW = '\u001b[?2026l';

/** Repaints a block of lines in place, at most ten times a second, with ordinary output above it. */
export class Screen implements Disposable {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #render: (columns: number, rows: number) => Picture;
  readonly #style: Pick<Style, 'colours'>;
  #painted: Picture | undefined;
  #timer: Disposable | undefined;
  #closed = false;

  constructor(
    terminal: Terminal,
    clock: Clock,
    style: Pick<Style, 'colours'>,
    render: (columns: number, rows: number) => Picture,
  ) {
    this.#terminal = terminal;
    this.#style = style;
    this.#clock = clock;
    this.#render = render;
    terminal.on?.('resize', this.#resized);
  }

  /** Something changed: a repaint follows soon. */
  touch(): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.after(FRAME_MS, () => {
      this.#timer = undefined;
      this.paint();
    });
  }

  /** Prints lines that stay. */
  print(text: string): void {
    const lasting = `${printed(text, this.#style)}\n`;
    if (this.#closed) this.#terminal.write(lasting);
    else this.#draw(this.#picture(), lasting);
  }

  /** At once; nothing is written where nothing is different. */
  paint(): void {
    if (this.#closed) return;
    const picture = this.#picture();
    if (!this.#painted || !same(picture, this.#painted)) this.#draw(picture);
  }

  /** Leaves the last picture standing. */
  dispose(): void {
    if (this.#closed) return;
    this.#timer?.dispose();
    this.paint();
    if (this.#painted?.cursor !== undefined) this.#terminal.write('\n');
    this.#terminal.off?.('resize', this.#resized);
    this.#closed = true;
    this.#painted = undefined;
  }

  /** What stands there may have been broken into other rows, or cut off. */
  readonly #resized = (): void => this.#draw(this.#picture());

  #picture(): Picture {
    // One column and one row stay free: a full last column or row would scroll and spoil the next erase.
    const { lines, ...cursor } = this.#render((this.#terminal.columns ?? 80) - 1, (this.#terminal.rows ?? 24) - 1);
    // A line break in one of them would spoil the next erase.
    return { lines: lines.map(line => printed(line, this.#style).replaceAll('\n', ' ')), ...cursor };
  }

  #draw(picture: Picture, lasting = ''): void {
    this.#terminal.write(`${HOLD}${this.#erase()}${lasting}${textOf(picture)}${SHOW}`);
    this.#painted = picture;
  }

  #erase(): string {
    if (!this.#painted) return '';
    const above = rowsAbove(this.#painted, this.#terminal.columns ?? 80);
    return `${above > 0 ? `\u001b[${above}A` : ''}\r\u001b[J`;
  }
}

const same = (a: Picture, b: Picture) =>
  a.cursor === b.cursor && a.lines.length === b.lines.length && a.lines.every((line, i) => line === b.lines[i]);

function textOf({ lines, cursor }: Picture): string {
  if (cursor === undefined) return lines.map(line => `${line}\n`).join('');
  return `${lines.join('\n')}\r${cursor > 0 ? `\u001b[${cursor}C` : ''}`;
}

/** How many rows stand above the cursor's. Lines of a terminal that has become narrower go over several. */
function rowsAbove({ lines, cursor }: Picture, columns: number): number {
  const above = cursor === undefined ? lines : lines.slice(0, -1);
  const rows = above.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  return rows + Math.floor((cursor ?? 0) / columns);
}
