import type { Clock } from '../core/ports.ts';
import type { Runtime, RuntimeHost } from '../runtime/contract.ts';
import { printed, printedJson } from './printed.ts';
import type { Style } from './style.ts';

/** Exit codes, as documented. */
export const EXIT = { done: 0, failures: 1, usage: 2, budget: 3, interrupted: 130 } as const;

/** What commands know of the world outside. */
export interface Terminal {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  input: NodeJS.ReadStream;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where the program was started. */
  folder: string;
  clock: Clock;
  style: Style;
  version: string;
  /** Aborts at Ctrl-C; commands that can stop cleanly do so. */
  interrupt: AbortSignal;
  /** Loads what keeps and runs the sessions of a workspace. */
  runtime(host: RuntimeHost): Promise<Runtime>;
}

/** The words and options of one call. */
export interface Call {
  words: string[];
  options: Record<string, string | true>;
}

/** Says what is wrong with the call or the set-up, in words for people, and ends with exit code 2. */
export class UsageError extends Error {}

export const print = ({ out, style }: Terminal, text: string): void => void out.write(`${printed(text, style)}\n`);
export const printError = ({ err, style }: Terminal, text: string): void => void err.write(`${printed(text, style)}\n`);
/** What is JSON already. */
export const printJsonText = ({ out }: Terminal, json: string): void => void out.write(`${printedJson(json)}\n`);
export const printJson = (terminal: Terminal, value: unknown): void => printJsonText(terminal, JSON.stringify(value));

/** The values of an option that may be given more than once. */
export function options(call: Pick<Call, 'options'>, name: string): string[] {
  const value = call.options[name];
  return typeof value === 'string' ? value.split('\n') : [];
}

/** The value of an option that takes one. */
export function option(call: Pick<Call, 'options'>, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}
