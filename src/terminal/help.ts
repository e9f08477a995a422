import { type CommandName, type CommandSpec, commands } from './command-table.ts';
import { type Style, table } from './style.ts';

const groups: [string, CommandName[]][] = [
  ['Work', ['run', 'resume', 'retry', 'queue', 'pause', 'continue', 'abort', 'answer', 'budget']],
  ['Standing team', ['start', 'assign', 'workflow']],
  ['Watch', ['status', 'monitor', 'logs', 'list', 'report', 'serve']],
  ['Review', ['changes', 'accept', 'reject']],
  ['Deliver', ['deliver', 'deliveries', 'land', 'approve', 'fast-forward', 'push', 'pull-request', 'deploy']],
  ['Set up', ['doctor', 'trust', 'adopt', 'token', 'hook', 'completion']],
];

export function overview(style: Style, version: string): string {
  const sections = groups.map(([title, names]) => {
    const rows = names.map(name => [`  ${style.accent(name)}`, commands[name].summary]);
    return `${style.bold(title)}\n${table(rows)}`;
  });
  return [
    `${style.bold('orchestrate')} ${version}: a team of AI agents on your workspace`,
    sections.join('\n\n'),
    `${style.bold('First steps')}
  export ANTHROPIC_API_KEY=…        any one vendor is enough: OPENAI_API_KEY, GEMINI_API_KEY, …
  orchestrate doctor                check what is set up
  orchestrate run "Your goal"       plan, approve, watch
  orchestrate changes               see what they wrote; then accept or reject`,
    `SESSION may be left out: the running session, else the newest. It may be shortened as long as it is unique.
Exit codes: 0 all done · 1 finished with failures · 2 wrong usage or configuration · 3 budget spent · 130 interrupted.
Help on one command: orchestrate COMMAND --help`,
  ].join('\n\n');
}

export function commandHelp(name: CommandName, style: Style): string {
  const spec: CommandSpec = commands[name];
  const options = Object.entries({ ...spec.options, help: { short: 'h', help: 'Show this' } });
  const rows = options.map(
    ([option, { value, short, help }]: [string, { value?: string; short?: string; help: string }]) => [
      `  ${short ? `-${short}, ` : '    '}--${option}${value ? ` ${value}` : ''}`,
      help,
    ],
  );
  return [
    `${style.bold('Usage')}: orchestrate ${name}${spec.usage ? ` ${spec.usage}` : ''} [options]`,
    spec.detail ? `${spec.summary}.\n${spec.detail}` : `${spec.summary}.`,
    `${style.bold('Options')}\n${table(rows)}`,
    ...(spec.examples ? [`${style.bold('Examples')}\n${spec.examples.map(example => `  ${example}`).join('\n')}`] : []),
  ].join('\n\n');
}
