import { OLDEST_GIT } from '../../core/delivery/git.ts';
import type { WorkerDiagnosis } from '../../core/doctor/doctor.ts';
import { oneLine } from '../../core/plain.ts';
import { counted } from '../../protocol/show.ts';
import type { Diagnoses, SandboxDiagnosis } from '../../runtime/contract.ts';
import { openRuntime } from '../open-runtime.ts';
import { problemLines } from '../problems.ts';
import { type Style, table } from '../style.ts';
import { type Call, EXIT, print, printJson, type Terminal } from '../terminal.ts';

/** Prints what was found; 0 when everything that is set up works and there is at least one such provider. */
export function showDiagnoses(
  terminal: Terminal,
  { problems, diagnoses, workers, sandbox, git, browser }: Diagnoses,
  json: boolean,
): number {
  const { style } = terminal;
  const working = diagnoses.some(each => each.ok);
  const missing = workers.filter(each => each.explicit && !workerWorks(each));
  const broken =
    diagnoses.some(each => each.ok === false) || missing.length > 0 || problems.some(each => each.severity === 'error');
  const code = working && !broken ? EXIT.done : EXIT.usage;
  if (json) {
    for (const problem of problems) printJson(terminal, { type: 'configuration', ...problem });
    for (const diagnosis of diagnoses) printJson(terminal, { type: 'provider', ...diagnosis });
    for (const worker of workers) printJson(terminal, { type: 'worker', ...worker });
    printJson(terminal, { type: 'sandbox', ...sandbox });
    printJson(terminal, { type: 'git', ...git });
    printJson(terminal, { type: 'browser', ...browser });
    return code;
  }
  if (problems.length > 0) print(terminal, `${problemLines(problems, style)}\n`);
  const rows = diagnoses.map(each => [
    each.ok ? style.good('✔') : each.ok === undefined ? style.dim('–') : style.bad('✘'),
    each.label,
    each.keyFrom ?? (each.error === 'no-key' ? style.dim('no key') : 'no key needed'),
    each.models === undefined ? '' : counted(each.models, 'model'),
    each.model ?? '',
    each.ms === undefined ? '' : `${each.ms} ms`,
  ]);
  print(terminal, table([['', 'PROVIDER', 'KEY FROM', 'MODELS', 'ANSWERED', 'TIME'], ...rows]));
  const known = workers.map(each => [
    workerWorks(each) ? style.good('✔') : each.explicit ? style.bad('✘') : style.dim('–'),
    each.label,
    each.worker,
    each.path ?? style.dim('not found'),
    each.path === undefined ? '' : loginWord(each),
    each.ms === undefined ? '' : `${each.ms} ms`,
  ]);
  if (known.length > 0)
    print(terminal, `\n${table([['', 'CLI AGENT', 'IN ROLES', 'PROGRAM', 'LOGIN', 'BEGINS IN'], ...known])}`);
  for (const each of workers.filter(each => !workerWorks(each) && (each.explicit || each.path !== undefined))) {
    const why = [each.message, each.advice].filter(part => part !== undefined).map(oneLine);
    print(
      terminal,
      `\n${each.explicit ? style.bad('✘') : style.dim('–')} ${style.bold(oneLine(each.label))}: ${why.join('. ')}`,
    );
  }
  print(terminal, `\n${sandboxLine(sandbox, style)}`);
  print(terminal, gitLine(git, style));
  print(terminal, browserLine(browser, style));
  const faults = diagnoses.filter(each => each.ok === false);
  for (const each of faults) {
    print(
      terminal,
      `\n${style.bad('✘')} ${style.bold(oneLine(each.label))} at step "${each.step}": ${oneLine(each.message ?? each.error ?? '')}`,
    );
    if (each.advice) print(terminal, `  ${oneLine(each.advice)}`);
  }
  if (!working) {
    print(terminal, `\nNo provider is ready. One is enough, for example:`);
    for (const each of diagnoses.filter(each => each.error === 'no-key').slice(0, 3))
      print(terminal, `  ${oneLine(`${each.label}: ${each.advice}`)}`);
    print(terminal, `Without any key you can watch a scripted team: orchestrate run --rehearse todo`);
  }
  return code;
}

const workerWorks = ({ path, login, message }: WorkerDiagnosis) =>
  path !== undefined && login !== 'none' && message === undefined;

function loginWord({ login, message }: WorkerDiagnosis): string {
  if (login) return login === 'there' ? 'yes' : 'none';
  return message === undefined ? 'not told' : 'unknown';
}

/** Whether commands of agents are held, and if not, what to do. */
function sandboxLine(found: SandboxDiagnosis, style: Style): string {
  if (found.holds === 'off')
    return `${style.dim('–')} Sandbox: switched off (permissions.sandbox); commands are asked about.`;
  if (found.holds) {
    const by = `are held by ${oneLine(found.by)}`;
    return found.lacks === undefined
      ? `${style.good('✔')} Sandbox: commands of agents, and CLI agents, ${by}.`
      : `${style.good('✔')} Sandbox: commands of agents ${by}. ${oneLine(found.lacks)}`;
  }
  return `${style.dim('–')} Sandbox: none, so that more commands are asked about. ${oneLine(`${found.why} ${found.advice}`)}`;
}

/** Nothing but delivery needs it. */
function gitLine(git: Diagnoses['git'], style: Style): string {
  if (!git)
    return `${style.dim('–')} Git: not found, so that nothing can be delivered. It needs git ${OLDEST_GIT} or newer.`;
  if (!git.enough)
    return `${style.dim('–')} Git: ${git.version} is too old for delivery, which needs ${OLDEST_GIT} or newer.`;
  return `${style.good('✔')} Git: ${git.version}, new enough for delivery.`;
}

/** Only those who test user interfaces need it. */
function browserLine(browser: Diagnoses['browser'], style: Style): string {
  if (!browser)
    return `${style.dim('–')} Browser: no Chrome, Chromium or Edge found, so that agents cannot look at pages. Install one, or name it in ORCHESTRATE_BROWSER.`;
  return `${style.good('✔')} Browser: ${oneLine(browser.version)} (${oneLine(browser.executable)}), in which agents look at pages.`;
}

/** `orchestrate doctor` */
export async function doctor(terminal: Terminal, call: Call): Promise<number> {
  const runtime = await openRuntime(terminal, call);
  return showDiagnoses(terminal, await runtime.diagnose(terminal.interrupt), call.options.json === true);
}
