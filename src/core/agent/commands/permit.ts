import { judgeBuild } from './building.ts';
import { judgeChange } from './changing.ts';
import { judgeGit } from './git-reading.ts';
import { installedTool } from './installed.ts';
import { judgeRequest } from './loopback.ts';
import { placeOf, type Workspace } from './places.ts';
import { reading } from './reading.ts';
import { judgeScript } from './scripts.ts';
import { judgeSearch } from './searching.ts';
import { judgeShape } from './shape.ts';
import type { Arg, Simple } from './simple.ts';
import { allowed, ask, atLeastAsk, type Finding } from './verdict.ts';

const toolAdvice = 'Where one of your own tools does the same, use that one.';

/** Better ways to do what is asked about most. */
const insteadOf: Record<string, string> = {
  rg: 'Use the search tool.',
  ag: 'Use the search tool.',
  sed: 'Read with read_file, change with edit_file.',
  awk: 'Read with read_file or search.',
  touch: 'Write the file with write_file.',
  tee: 'Write the file with write_file.',
  rm: 'Delete files with delete_file.',
  mv: 'Write the new file with write_file and delete the old one with delete_file.',
  cp: 'Read the file with read_file and write it with write_file.',
  npx: 'Run a script of package.json, or "npx --no-install" with a tool that is installed.',
};

/** Whether a command is known to be harmless in this workspace; else a question. */
export function permitted(command: Simple, workspace: Workspace): Finding {
  const [head, ...args] = command.args;
  if (!head) return allowed;
  const installed = installedTool(head, workspace);
  if (installed !== undefined) {
    const tool = { ...head, text: installed };
    const found = judgeScript(tool, args, workspace) ?? judgeBuild(installed, args, workspace);
    if (found) return found;
  }
  const name = head.text;
  // By its plain name only: what lies at a path is somebody's program.
  const bare = name.replace(/^\/(usr\/)?bin\//, '');
  const everywhere = permittedEverywhere(command, bare, workspace) ?? permittedHere(bare, command, workspace);
  if (everywhere) return everywhere;
  if (bare === 'command' && /^-[vV]$/.test(args[0]?.text ?? '')) return allowed;
  if (bare === 'mkdir') return judgeShape(args, { options: /^(-p|-v|--parents)$/, operands: 'paths' }, workspace);
  if (isReplaced(bare, workspace))
    return ask('unknown-command', `"${bare}" is a program of a package here, and not the one that is known.`);
  const shape = Object.hasOwn(reading, bare) ? reading[bare] : undefined;
  if (shape) return judgeShape(args, shape, workspace);
  const advice = Object.hasOwn(insteadOf, bare) ? insteadOf[bare] : undefined;
  return ask(
    'unknown-command',
    `"${name.slice(0, 60)}" is not among the commands that run without asking. ${advice ?? toolAdvice}`,
  );
}

/** What is known of the workspace's files, and of what we look after ourselves. */
function permittedHere(name: string, { args: [head, ...args] }: Simple, workspace: Workspace): Finding | undefined {
  return (
    judgeSearch(name, args, workspace) ??
    judgeChange(name, args, workspace) ??
    judgeRequest(name, args, workspace) ??
    judgeJobs(name, args, workspace) ??
    (head && judgeScript(head, args, workspace))
  );
}

/** Whether it is found only among the packages' programs, which stand last in the PATH. */
const isReplaced = (name: string, { disk }: Workspace): boolean =>
  disk?.exists(`${disk.root}/node_modules/.bin/${name}`) === true &&
  !['/usr/bin', '/bin', '/usr/local/bin', '/opt/homebrew/bin'].some(folder => disk.exists(`${folder}/${name}`));

const job = /^%\d*$|^%[%+-]$/;

/** Ends or awaits what the line itself has put into the background. */
function judgeJobs(name: string, args: readonly Arg[], { own }: Workspace): Finding | undefined {
  if (!own) return undefined;
  const words = name === 'kill' ? args.filter(({ text }) => !/^-(TERM|INT|KILL|HUP|QUIT|15|2|9|3)$/.test(text)) : args;
  const known = words.every(({ text, fixed, glob }) => (fixed && !glob && job.test(text)) || text === '$!');
  if (name === 'kill') return words.length > 0 && known ? allowed : undefined;
  return (name === 'wait' && known) || (name === 'jobs' && args.length === 0) ? allowed : undefined;
}

/** Judges what is called in the same way in every shell; undefined for all else. */
export function permittedEverywhere(command: Simple, name: string, workspace: Workspace): Finding | undefined {
  if (name === 'cd') return judgeCd(command, workspace);
  if (name === 'git') return judgeGit(command, workspace);
  return judgeBuild(name, command.args.slice(1), workspace);
}

function judgeCd({ args, assignments }: Simple, workspace: Workspace): Finding {
  const [, to, more] = args;
  const elsewhere = ask('leaves-the-workspace', 'Stay in the workspace, and name folders without variables.');
  if (!to || more || assignments.length > 0 || to.text.startsWith('-') || to.glob || !to.fixed) return elsewhere;
  return placeOf(to, workspace) === 'inside' ? allowed : atLeastAsk(allowed, elsewhere.rule, elsewhere.advice);
}
