import { partsText } from '../../core/config/agreement.ts';
import type { ConfigProblem } from '../../core/config/problem.ts';
import { confirm } from '../confirm.ts';
import { workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { problemLines } from '../problems.ts';
import { type Call, EXIT, print, printError, type Terminal } from '../terminal.ts';

/** `orchestrate trust` */
export async function trust(terminal: Terminal, call: Call): Promise<number> {
  let problems: readonly ConfigProblem[] = [];
  const runtime = await openRuntime(terminal, call, {
    note: notes => {
      problems = notes.problems ?? problems;
    },
  });
  const sensitive = await runtime.waitingParts();
  if (problems.length > 0) printError(terminal, problemLines(problems, terminal.style));
  if (problems.some(({ severity }) => severity === 'error')) return EXIT.usage;
  if (!sensitive) {
    print(terminal, "This workspace's configuration and roles ask for nothing that needs your agreement.");
    return EXIT.done;
  }
  print(terminal, `${workspaceOf(terminal, call)} wants to set:\n\n${partsText(sensitive)}`);
  print(
    terminal,
    'Until you agree, your own settings count, or the defaults. Servers and models named here get your code, servers',
  );
  print(
    terminal,
    'your keys, too; commands allowed here run without asking; higher limits cost more. A CLI agent that',
  );
  print(terminal, 'a role names is started as your own program, with your login, for tasks of that role. MCP servers');
  print(
    terminal,
    '("servers") are programs that are started, in the sandbox where there is one, with the variables of',
  );
  print(terminal, 'yours that they name, or addresses that are sent what agents ask of them.');
  if (!call.options.yes && !(await confirm(terminal, 'Agree to this?'))) return EXIT.failures;
  await runtime.agree(sensitive);
  print(terminal, 'Agreed. When these parts of the file change, you will be asked again.');
  return EXIT.done;
}
