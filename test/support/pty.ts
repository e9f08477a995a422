import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { until } from './until.ts';

/** `script` of util-linux gives a program a terminal of its own, with nothing to build; Debian cannot be without it. */
export const havePty = process.platform === 'linux' && existsSync('/usr/bin/script');

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** A program in a real terminal, whose screen is read as a person sees it. */
export class Pty {
  readonly #child: ChildProcess;
  readonly #screen: xterm.Terminal;
  readonly #folder = mkdtempSync(join(tmpdir(), 'orchestrate-pty-'));
  /** All that came, with what steers the terminal. */
  raw = '';

  constructor(
    command: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv; columns: number; rows: number },
  ) {
    const { columns, rows, cwd, env } = options;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
    const size = `stty cols ${columns} rows ${rows}; tty > ${quoted(join(this.#folder, 'tty'))}`;
    const line = `${size}; exec ${command.map(quoted).join(' ')}`;
    this.#child = spawn('/usr/bin/script', ['-qfec', line, '/dev/null'], {
      cwd,
      env: { ...env, TERM: 'xterm-256color', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.raw += bytes.toString();
      this.#screen.write(bytes);
    });
    this.#child.stdin?.on('error', () => undefined);
  }

  /** Whether the program is in the middle of a picture, of which a person would see nothing yet. */
  get painting(): boolean {
    return this.raw.lastIndexOf('\u001b[?2026h') > this.raw.lastIndexOf('\u001b[?2026l');
  }

  /** What is visible now, and the line in which the cursor stands. */
  async picture(): Promise<{ text: string; cursor: string }> {
    await until(async () => {
      const { raw } = this;
      await new Promise<void>(resolve => this.#screen.write('', resolve));
      return !this.painting && this.raw === raw;
    }, 1);
    const { active } = this.#screen.buffer;
    const text = this.#read(active.baseY, active.baseY + this.#screen.rows).join('\n');
    return { text, cursor: active.getLine(active.baseY + active.cursorY)?.translateToString(true) ?? '' };
  }

  async text(): Promise<string> {
    return (await this.picture()).text;
  }

  /** All of it, what has scrolled out at the top included. */
  async history(): Promise<string> {
    await this.picture();
    return this.#read(0, this.#screen.buffer.active.length).join('\n');
  }

  /** Waits until the screen shows it. */
  async shows(what: RegExp): Promise<void> {
    await until(async () => what.test(await this.text())).catch(async () => {
      throw new Error(`the terminal never showed ${what}; it shows:\n${await this.text()}`);
    });
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** As if somebody dragged the window's corner. */
  resize(columns: number, rows: number): void {
    const terminal = readFileSync(join(this.#folder, 'tty'), 'utf8').trim();
    this.#screen.resize(columns, rows);
    execFileSync('stty', ['-F', terminal, 'cols', String(columns), 'rows', String(rows)]);
  }

  async code(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    rmSync(this.#folder, { recursive: true, force: true });
    return this.#child.exitCode;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.code();
    this.#screen.dispose();
  }

  #read(from: number, to: number): string[] {
    const lines: string[] = [];
    for (let at = from; at < to; at++)
      lines.push(this.#screen.buffer.active.getLine(at)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }
}
