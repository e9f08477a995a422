/**
 * The folders in which a command may stand: each as the words of the `cd`s that lead there from where the line begins.
 * `unknown`: nobody can tell before it runs.
 */
export type Standing = readonly (readonly string[])[] | 'unknown';

/** A word of a command line, after quotes and escapes. */
export interface Arg {
  /** Where something is expanded, its source text stands for it. */
  text: string;
  /** Nothing in it is expanded but globs: what it says is what the command gets. */
  fixed: boolean;
  glob: boolean;
  /** Commands whose output becomes a part of it. */
  runs: Simple[];
}

export interface Redirection {
  operator: string;
  target: Arg | undefined;
}

export interface Assignment {
  name: string;
  value: string;
  fixed: boolean;
}

/** One simple command: a name, arguments, and what is attached to it. */
export interface Simple {
  /** The command's name first. */
  args: Arg[];
  assignments: Assignment[];
  redirections: Redirection[];
  /** The commands right before it in a pipe. */
  input: Simple[];
  /** The folders it may stand in. */
  at: Standing;
  /** A here-document or here-string, where it is known. */
  document?: string;
}

/** The name that a command goes by, whatever folder it is called from. */
export function nameOf({ args }: Simple): string {
  const name = args[0]?.text ?? '';
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  return base.replace(/\.(exe|cmd|bat|com)$/i, '');
}

/** A word nobody knows yet. */
export const unknownArg = (text: string): Arg => ({ text, fixed: false, glob: false, runs: [] });

/** Everything whose output can reach this command: through pipes, and put into its words. */
export function* sources(command: Simple): Generator<Simple> {
  const seen = new Set<Simple>([command]);
  const open = [command];
  for (let at = open.pop(); at; at = open.pop()) {
    if (at !== command) yield at;
    const words = [...at.args, ...at.redirections.flatMap(({ target }) => target ?? [])];
    for (const one of [...at.input, ...words.flatMap(word => word.runs)])
      if (!seen.has(one)) {
        seen.add(one);
        open.push(one);
      }
  }
}
