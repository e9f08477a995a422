/** What may stand somewhere on the command line, for shells that complete it. */
export type Values =
  | readonly string[]
  | 'session'
  | 'agent'
  | 'task'
  | 'ask'
  | 'item'
  | 'role'
  | 'change'
  | 'delivery'
  | 'rehearsal'
  | 'file'
  | 'folder';

interface OptionSpec {
  /** Placeholder of its value; without one it is a switch. */
  value?: string;
  values?: Values;
  help: string;
  short?: string;
  /** It may stand several times; what was given is joined by line ends. */
  many?: true;
}

export interface CommandSpec {
  /** What stands after the name. */
  usage: string;
  /** What its words may be, in order; where several are given, any of them. */
  words?: readonly (readonly Values[])[];
  summary: string;
  detail?: string;
  options?: Record<string, OptionSpec>;
  examples?: string[];
  /** Takes `--NAME-pool MEMBER,…` for any name. */
  pools?: true;
}

const workspace = {
  workspace: { value: 'DIR', values: 'folder', short: 'w', help: 'The folder to work in (default: the current one)' },
} satisfies Record<string, OptionSpec>;
const session = [['session']] as const;
const attach = {
  attach: { value: 'IMAGE', values: 'file', many: true, help: 'An image that shows it; may stand several times' },
} satisfies Record<string, OptionSpec>;
const json = { json: { help: 'Machine-readable output and nothing else' } };
const follow = { follow: { short: 'f', help: 'Keep printing as the session goes on' } };

/** Every command of the program: what parsing, help and shell completion are made from. */
export const commands = {
  run: {
    usage: '[GOAL]',
    summary: 'Plan a goal and let a team work on it',
    detail:
      'The orchestrator plans the goal into tasks, you approve the plan, and specialists work on it side by side in\nyour files. An image that shows what you want goes with the goal: --attach IMAGE, or @IMAGE in the goal.\nCtrl-C once stops cleanly; the session can be resumed. Ctrl-C twice stops at once.',
    options: {
      ...workspace,
      workflow: {
        value: 'FILE',
        values: 'file',
        many: true,
        help: 'Run the plan in this file instead of asking the planner; several files are one workflow',
      },
      config: {
        value: 'FILE',
        values: 'file',
        help: 'Your own configuration (default: the config folder of your system)',
      },
      ...attach,
      budget: { value: 'USD', help: 'What this session may cost at most' },
      yes: { short: 'y', help: 'Approve the plan without asking' },
      accept: {
        value: 'all|none',
        values: ['all', 'none'],
        help: 'What to do with the changes at the end (default: none, review them later)',
      },
      rehearse: {
        value: 'SCRIPT',
        values: 'rehearsal',
        help: 'Scripted models instead of real ones: no keys, no cost',
      },
      ...json,
    },
    examples: [
      'orchestrate run "Build a simple todo list web application"',
      'orchestrate run --workflow .orchestrate/workflows/release.yaml --budget 2 --yes',
      'orchestrate run "Make the page look like this" --attach design.png',
    ],
  },
  resume: {
    usage: '[SESSION]',
    words: session,
    summary:
      'Go on with a session that was stopped, killed, or cut off from its models; or ask a finished one for more',
    options: {
      ...workspace,
      ask: { value: 'TEXT', help: 'Something more to do; a finished session goes back to work for it' },
      target: { value: 'POOL|ROLE', values: 'role', help: 'Who should do what is asked with --ask' },
      ...attach,
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      budget: { value: 'USD', help: 'A new limit for the whole session, what was spent before included' },
      yes: { short: 'y', help: 'Approve the plan without asking' },
      accept: { value: 'all|none', values: ['all', 'none'], help: 'What to do with the changes at the end' },
      rehearse: {
        value: 'SCRIPT',
        values: 'rehearsal',
        help: 'For a session that was rehearsed: another script than its own',
      },
      ...json,
    },
    examples: ['orchestrate resume', 'orchestrate resume --ask "Also sort the list by date"'],
  },
  retry: {
    usage: '[TASK]',
    words: [['task']],
    summary: 'Try again what failed or was cancelled: one task, or all',
    detail:
      'What was skipped because of it is tried, too. Where no model answered, resume tries again by itself. A command that\nwas cut off runs again only where its task is named here, or where you say so when you are asked.',
    options: {
      ...workspace,
      session: {
        value: 'SESSION',
        values: 'session',
        help: 'Which session (default: the one that runs, else the newest)',
      },
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      budget: { value: 'USD', help: 'A new limit for the whole session, what was spent before included' },
      yes: { short: 'y', help: 'Approve the plan without asking' },
      accept: { value: 'all|none', values: ['all', 'none'], help: 'What to do with the changes at the end' },
      rehearse: {
        value: 'SCRIPT',
        values: 'rehearsal',
        help: 'For a session that was rehearsed: another script than its own',
      },
      ...json,
    },
    examples: ['orchestrate retry', 'orchestrate retry frontend'],
  },
  status: {
    usage: '[SESSION]',
    words: session,
    summary: 'Where a session stands: tasks, agents, tokens, cost',
    options: { ...workspace, ...json },
  },
  monitor: {
    usage: '[SESSION|MEMBER]',
    words: session,
    summary: 'Watch the team that stands, one of its members, or a session that another process runs',
    options: { ...workspace, ...json },
  },
  logs: {
    usage: '[SESSION]',
    words: session,
    summary: "Print a session's log",
    options: {
      ...workspace,
      agent: { value: 'AGENT', values: 'agent', help: 'Only what this agent said and did' },
      ...follow,
      ...json,
    },
  },
  list: { usage: '', summary: 'All sessions of this workspace', options: { ...workspace, ...json } },
  abort: {
    usage: '[SESSION]',
    words: session,
    summary: 'End a session, or one of its agents',
    options: { ...workspace, agent: { value: 'AGENT', values: 'agent', help: 'End only this agent' } },
  },
  pause: {
    usage: '[SESSION]',
    words: session,
    summary: 'Start nothing more until you say continue',
    options: { ...workspace },
  },
  continue: { usage: '[SESSION]', words: session, summary: 'Let a paused session go on', options: { ...workspace } },
  budget: {
    usage: 'USD [SESSION]',
    words: [[], ['session']],
    summary: 'Set what a session may cost in all',
    detail:
      'What was spent before counts: the amount must be more than that. A team that waits for money goes on; one that\nsomebody paused stays paused. A session keeps its limit, whatever is configured when it is resumed.',
    options: { ...workspace, ...json },
    examples: ['orchestrate budget 5'],
  },
  answer: {
    usage: '[SESSION] [ASK] [TEXT]',
    words: [['session', 'ask'], ['ask']],
    summary: "Answer an agent's question or permission request",
    detail:
      'Alone it lists what is asked, and asks you in a terminal. Where only one thing is asked, ASK may be left out.\nFor a permission TEXT is allow, allow-session, allow-always, allow-prefix (whatever follows) or deny, with a reason after it if you like.',
    options: { ...workspace, ...attach, ...json },
    examples: ['orchestrate answer', 'orchestrate answer "deny: not now"'],
  },
  report: {
    usage: '[SESSION]',
    words: session,
    summary: 'Print the report of a session, or open it in a browser',
    detail:
      'It is made of the journal as it is now, also while the session runs. FORMAT is markdown, html (one page that\nneeds nothing else), json (schemas/report.json in the extension), or pull-request (a text to paste into one).',
    options: {
      ...workspace,
      ...json,
      format: { value: 'FORMAT', help: 'markdown (unless set), html, json or pull-request' },
      open: { help: 'Write report.html into the session’s folder and open it' },
    },
    examples: ['orchestrate report --open', 'orchestrate report --format pull-request | gh pr create -F -'],
  },
  changes: {
    usage: '[SESSION] [PATH]',
    words: [['session', 'change'], ['change']],
    summary: 'What agents wrote and you have not decided on yet, in all sessions or in one',
    options: { ...workspace, ...json },
  },
  accept: {
    usage: '[SESSION] [PATH[#HUNK]]',
    words: [['session', 'change'], ['change']],
    summary: 'Keep what agents wrote: all of it, a file, or a hunk',
    options: {
      ...workspace,
      agent: { value: 'AGENT', values: 'agent', help: 'Only what this agent wrote' },
      task: { value: 'TASK', values: 'task', help: 'Only what came of this task' },
      ...json,
    },
  },
  reject: {
    usage: '[SESSION] [PATH[#HUNK]]',
    words: [['session', 'change'], ['change']],
    summary: 'Take out what agents wrote; your own edits stay',
    options: {
      ...workspace,
      agent: { value: 'AGENT', values: 'agent', help: 'Only what this agent wrote' },
      task: { value: 'TASK', values: 'task', help: 'Only what came of this task' },
      reason: { value: 'TEXT', help: 'Goes back to the agent while its session runs' },
      force: { help: 'Also hunks that you edited yourself' },
      yes: { help: 'Do not ask before everything is taken out' },
      ...json,
    },
  },
  start: {
    usage: '[--NAME-pool MEMBER,…]',
    summary: 'Let the standing team work on the queue, and watch it',
    detail:
      'Members in pools take work from the queue, each one piece at a time. A pool’s name picks a CLI agent or a provider\nwhere it names one. Members of the configuration (members:) are there, too. Where the team stands already, it is\nfollowed. Ctrl-C stops cleanly; what is under way goes on with the next start.',
    pools: true,
    options: {
      ...workspace,
      pool: { value: 'NAME=MEMBER,…', many: true, help: 'A pool with its members; may stand several times' },
      port: { value: 'N', help: 'Serve the dashboard and the API at this port (default: 4280, or any that is free)' },
      'no-http': { help: 'Serve nothing over HTTP' },
      'until-done': { help: 'Stop when nothing is left to do' },
      yes: { short: 'y', help: 'Workflows of this workspace may begin by themselves' },
      fallback: { value: 'PROVIDER', help: 'Goes on when the others cannot, or are not paid any more' },
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      rehearse: { value: 'SCRIPT', values: 'rehearsal', help: 'Scripted models instead of real ones' },
      ...json,
    },
    examples: [
      'orchestrate start --codex-pool codex,codex2,codex3 --comet-pool comet,comet2,edu_dev --claude-pool arch_prod,arch_qa --fallback ollama',
      'orchestrate start --pool build=anna,ben --pool test=cleo',
    ],
  },
  workflow: {
    usage: 'convert|add FILE…',
    words: [[['convert', 'add']], ['file']],
    summary: 'Print a workflow in its native form, or add it to the queue',
    detail:
      'FILE is a plan, a list of sessions (workflow: [{session, task, output, triggers_on}]) in one or several YAML\ndocuments, or a Markdown page with such lists in its blocks; several files are one workflow together.',
    options: {
      ...workspace,
      priority: { value: 'N', values: ['high', 'medium', 'low'], help: 'With add: high, medium, low, or 0 to 10' },
      input: { value: 'NAME=VALUE', many: true, help: 'With add: what the workflow asks for; may stand several times' },
      ...json,
    },
    examples: ['orchestrate workflow convert plan.md', 'orchestrate workflow add .orchestrate/workflows/release.yaml'],
  },
  assign: {
    usage: '--send TEXT',
    summary: 'Add work to the queue: the same as queue add',
    options: {
      ...workspace,
      send: { value: 'TEXT', help: 'What is to be done' },
      ...attach,
      target: { value: 'MEMBER|POOL|ROLE', values: 'role', help: 'Who should do it' },
      priority: { value: 'N', values: ['high', 'medium', 'low'], help: 'high, medium, low, or 0 to 10' },
      due: { value: 'WHEN', help: 'By when: 17:00, 2026-12-01, 3h, 2d' },
      ...json,
    },
    examples: ['orchestrate assign --send "Implement reading app progress tracking" --target codex --priority 5'],
  },
  queue: {
    usage: 'add TEXT | list | history | edit|move|hold|release|remove|retry ITEM',
    words: [[['add', 'list', 'history', 'edit', 'move', 'hold', 'release', 'remove', 'retry']], ['item']],
    summary: 'The work of the standing team: add to it, look at it, put it in order',
    detail:
      'The queue is there whether or not the team stands (orchestrate start). High priority (8 to 10) is for now, medium\nwithin a day, low within a week. With --session, and where only a session runs, it is that session’s own queue.',
    options: {
      ...workspace,
      session: { value: 'SESSION', values: 'session', help: 'The queue of this session instead' },
      target: { value: 'MEMBER|POOL|ROLE', values: 'role', help: 'Who should do it' },
      priority: { value: 'N', values: ['high', 'medium', 'low'], help: 'high, medium, low, or 0 to 10' },
      due: { value: 'WHEN', help: 'By when: 17:00, 2026-12-01, 3h, 2d' },
      needs: { value: 'ITEM,…', help: 'Items that must be done first' },
      file: { value: 'PATH', values: 'file', many: true, help: 'A file it is about; may stand several times' },
      ...attach,
      text: { value: 'TEXT', help: 'With edit: what is to be done instead' },
      before: { value: 'ITEM', help: 'With move: the item it comes before; without it, it comes last' },
      deliver: {
        help: 'With add: done in a working tree of its own, side by side with others, and delivered on a branch',
      },
      hold: { help: 'With add: it begins only when it is released' },
      ...json,
    },
    examples: ['orchestrate queue add "Test the sign-in page on small screens" --target qa-specialist --priority high'],
  },
  deliver: {
    usage: '[SESSION]',
    words: session,
    summary: 'Build a branch of what you accepted in a session, to be checked and landed',
    detail:
      'Your checkout, index, stash and branches are not touched. The branch (feature/…) holds what was accepted, and nothing\nelse; orchestrate land tries and lands it. See docs/delivery.md.',
    options: {
      ...workspace,
      task: { value: 'TASK', values: 'task', help: 'Only what came of this task' },
      target: {
        value: 'BRANCH',
        help: 'Where it goes (default: delivery.target, else the branch that is checked out)',
      },
      title: { value: 'TEXT', help: 'What it is called, in its commit and its branch' },
      ...json,
    },
    examples: ['orchestrate deliver', 'orchestrate deliver --task backend --target main'],
  },
  deliveries: {
    usage: '[hold|release|drop DELIVERY | clean]',
    words: [[['hold', 'release', 'drop', 'clean']], ['delivery']],
    summary: 'What becomes of accepted work: branches, checks, approvals, conflicts, where it landed',
    detail:
      'hold keeps one back, release tries it again, drop takes it out (its branch stays). clean takes away working trees and\nbranches that nobody needs any more; nothing that has not landed is among them.',
    options: { ...workspace, reason: { value: 'TEXT', help: 'Why it is held or dropped' }, ...json },
  },
  land: {
    usage: '',
    summary: 'Check what is ready on exactly what the target would become, and land what may land',
    detail:
      'Several are tried together, and halved where the checks fail. Where the target is checked out, nothing moves under its\nuser: it lands on orchestrate/TARGET, and orchestrate fast-forward takes it over.',
    options: {
      ...workspace,
      target: { value: 'BRANCH', help: 'Which target (default: delivery.target, else the branch that is checked out)' },
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      yes: { short: 'y', help: 'Run the checks without asking where no sandbox holds them' },
      ...json,
    },
  },
  approve: {
    usage: 'DELIVERY',
    words: [['delivery']],
    summary: 'Say yes to what the target would become with a delivery, and land it',
    detail:
      'The yes is to exactly this tree on exactly this target. If either changes before it lands, it is asked for again.',
    options: {
      ...workspace,
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      yes: { short: 'y', help: 'Do not ask' },
      ...json,
    },
  },
  'fast-forward': {
    usage: '[BRANCH]',
    summary: 'Bring your checkout to what waits on orchestrate/BRANCH',
    detail: 'Only where it is a fast-forward and none of your own changes is in the way; else nothing is changed.',
    options: { ...workspace, ...json },
  },
  deploy: {
    usage: 'ENVIRONMENT',
    summary: 'Deploy what a branch is now to a place that your configuration names',
    detail:
      'Checks, waiting time and hours are those of the environment. It runs once: what was cut off is told, and never run\nagain by itself. A red health command runs the roll-back command.',
    options: {
      ...workspace,
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      yes: { short: 'y', help: 'Do not ask' },
      ...json,
    },
    examples: ['orchestrate deploy production'],
  },
  push: {
    usage: 'DELIVERY',
    words: [['delivery']],
    summary: 'Push a delivery’s branch, or where it has landed, to the remote of its target',
    detail:
      'Never by force. Your own pre-push hook runs. A target that is protected there takes a pull request instead.',
    options: { ...workspace, yes: { short: 'y', help: 'Do not ask' }, ...json },
    examples: ['orchestrate push d_1'],
  },
  'pull-request': {
    usage: 'DELIVERY',
    words: [['delivery']],
    summary: 'Push a delivery’s branch and open a pull request for it, by your own gh',
    detail: 'The text says whose work it is and which files it changes. It needs gh on the PATH, signed in.',
    options: { ...workspace, yes: { short: 'y', help: 'Do not ask' }, ...json },
    examples: ['orchestrate pull-request d_1'],
  },
  serve: {
    usage: '',
    summary: 'Serve sessions over HTTP: the dashboard in any browser, and an API for programs',
    detail:
      'Only for this machine unless --host says otherwise, and then only over TLS. Whoever asks needs a token: the address\nthat is printed holds one. The API describes itself at /api/v1/openapi.json.',
    options: {
      workspace: {
        value: 'DIR',
        values: 'folder',
        short: 'w',
        many: true,
        help: 'A folder to serve; may be given more than once (default: the current one)',
      },
      port: { value: 'N', help: 'Where to listen (default: 4280; 0 for any port that is free)' },
      host: { value: 'H', help: 'For other machines, too: the address to listen on; only with TLS or behind a proxy' },
      url: { value: 'URL', help: 'The https address of the proxy in front, or the name in the certificate' },
      'tls-cert': { value: 'FILE', values: 'file', help: 'The certificate, as PEM' },
      'tls-key': { value: 'FILE', values: 'file', help: 'Its key, as PEM' },
      'read-only': { help: 'Nothing is begun or decided, whatever the token' },
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
    },
    examples: ['orchestrate serve', 'orchestrate serve --workspace shop --workspace site --port 8080'],
  },
  hook: {
    usage: 'add NAME --to URL | add NAME --workflow NAME | list | remove NAME',
    words: [[['add', 'list', 'remove']]],
    summary: 'Webhooks: addresses that are told what wants you, and services that may begin a workflow',
    detail:
      'While orchestrate serve or start runs, an address is told of asks, ends, budgets and deliveries, in names and figures\nonly. A service that signs as GitHub does puts one workflow into the queue, just as it stands now, once for each message.',
    options: {
      ...workspace,
      to: { value: 'URL', help: 'The address that is told' },
      on: { value: 'WHAT,…', help: 'Only of ask, end, budget, delivery; or only on these events of GitHub' },
      workflow: { value: 'NAME', help: 'The workflow of .orchestrate/workflows that is begun' },
      input: {
        value: 'NAME=PLACE',
        many: true,
        help: 'Where an input stands in what is sent, such as title=issue.title',
      },
      plain: { help: 'The signature comes as X-Orchestrate-Signature, from a service of your own' },
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      ...json,
    },
    examples: [
      'orchestrate hook add chat --to https://chat.example.org/hooks/1',
      'orchestrate hook add issues --workflow triage --on issues --input title=issue.title --input text=issue.body',
    ],
  },
  token: {
    usage: 'add NAME | list | revoke NAME',
    words: [[['add', 'list', 'revoke']]],
    summary: 'Tokens for the API and for the dashboard in a browser',
    detail: 'Each has a name, which the journal repeats for whatever is asked with it. Revoking takes effect at once.',
    options: { 'read-only': { help: 'The new token is for reading only' }, ...json },
    examples: ['orchestrate token add phone', 'orchestrate token add wall-screen --read-only'],
  },
  doctor: {
    usage: '',
    summary: 'Check configuration, keys, providers and models',
    detail: 'Asks every configured provider for its models and one tiny answer (this costs a fraction of a cent).',
    options: { ...workspace, config: { value: 'FILE', values: 'file', help: 'Your own configuration' }, ...json },
  },
  trust: {
    usage: '',
    summary: "Agree to what this workspace's configuration would loosen or lead elsewhere",
    options: {
      ...workspace,
      config: { value: 'FILE', values: 'file', help: 'Your own configuration' },
      yes: { short: 'y', help: 'Agree without asking' },
    },
  },
  adopt: {
    usage: 'SESSION',
    words: session,
    summary: 'Take over a session that is from elsewhere, after seeing what it would do',
    detail:
      'A session that came with a folder, was moved, or was made by an older version is only shown. Adopting it seals it\nas yours: from then on it is resumed, decided on and answered like any other.',
    options: { ...workspace, yes: { short: 'y', help: 'Adopt without asking' } },
  },
  completion: {
    usage: 'bash|zsh|fish',
    words: [[['bash', 'zsh', 'fish']]],
    summary: 'Print a script that completes commands in your shell',
  },
} satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
