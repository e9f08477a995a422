import { candidateOf, type Delivery, type DeliveryState, waitingCandidate } from '../../core/delivery/state.ts';
import { fixTask } from '../../core/delivery/words.ts';
import { oneLine } from '../../core/plain.ts';
import { visible } from '../../core/visible.ts';
import { counted } from '../../protocol/show.ts';
import { byAgent, refused, withDeliveries } from '../open-deliveries.ts';
import { cut, type Style, table } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';

const USAGE = 'Write: orchestrate deliveries [hold|release|drop DELIVERY | clean]';

/** `orchestrate deliveries` */
export async function deliveries(terminal: Terminal, call: Call): Promise<number> {
  const [action, delivery] = call.words;
  if (action === undefined) return list(terminal, call);
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  if (action === 'clean') return clean(terminal, call);
  if (!['hold', 'release', 'drop'].includes(action) || delivery === undefined) throw new UsageError(USAGE);
  return withDeliveries(terminal, call, async deliveries => {
    const reason = option(call, 'reason') ?? 'you said so';
    const done =
      action === 'hold'
        ? await deliveries.hold(delivery, reason)
        : action === 'release'
          ? await deliveries.release(delivery)
          : await deliveries.drop(delivery, reason);
    if (!done.ok) return refused(terminal, call, done);
    if (call.options.json) printJson(terminal, done);
    else print(terminal, `${terminal.style.good('✔')} ${oneLine(done.message)}`);
    return EXIT.done;
  });
}

function list(terminal: Terminal, call: Call): Promise<number> {
  return withDeliveries(terminal, call, async deliveries => {
    const state = await deliveries.state();
    const all = [...state.deliveries.values()];
    if (call.options.json) {
      for (const each of all) printJson(terminal, { ...each, candidate: waitingCandidate(state, each) });
      return EXIT.done;
    }
    if (all.length === 0) {
      print(terminal, 'Nothing has been delivered here yet. Build a branch of what you accepted: orchestrate deliver');
      return EXIT.done;
    }
    const { style } = terminal;
    const columns = terminal.out.columns ?? 100;
    const rows = all.map(each => [
      each.delivery,
      standing(state, each),
      oneLine(`${each.branch} → ${each.landed?.ref.replace('refs/heads/', '') ?? each.target}`),
      counted(each.files.length, 'file'),
      cut(oneLine(each.title), Math.max(20, columns - 80)),
    ]);
    print(terminal, table([['DELIVERY', 'STATE', 'BRANCH', 'FILES', 'TITLE'], ...rows]));
    for (const each of all) for (const line of detail(state, each, style)) print(terminal, line);
    return EXIT.done;
  });
}

function standing(state: DeliveryState, delivery: Delivery): string {
  const running = candidateOf(state, delivery)?.checks === 'running';
  if (waitingCandidate(state, delivery)) return 'waits for you';
  return delivery.status === 'ready' && running ? 'checking' : delivery.status;
}

/** What can be done about one that does not go on by itself. */
function detail(state: DeliveryState, delivery: Delivery, style: Style): string[] {
  const { delivery: name, status, note, conflicts = [], session } = delivery;
  const head = `\n${style.bold(name)}: `;
  const role = delivery.authors.find(each => each.role !== undefined)?.role;
  const author = role === undefined ? '' : ` --target ${quoted(role)}`;
  const waiting = waitingCandidate(state, delivery);
  if (waiting)
    return [
      `${head}its checks are green. See it: git diff ${waiting.onto.slice(0, 10)} ${waiting.commit.slice(0, 10)}. Land it: orchestrate approve ${name}`,
    ];
  if (status === 'conflicted')
    return [
      `${head}it does not fit ${delivery.target} any more.`,
      ...conflicts.flatMap(({ path, about, hunks }) => [
        `  ${oneLine(path)}: ${oneLine(about)}`,
        ...hunks.flatMap(hunk => hunk.split('\n').map(line => `    ${oneLine(line)}`)),
      ]),
      `  Have its author look at it: orchestrate resume ${session}${author} --ask ${quoted(fixTask(delivery))}`,
    ];
  if (status === 'red') {
    const failed = candidateOf(state, delivery)?.results.find(({ ok }) => !ok);
    const output = failed?.output.text.trimEnd().split('\n').slice(-12) ?? [];
    return [
      `${head}${oneLine(note ?? 'its checks failed')}.`,
      ...output.map(line => `    ${oneLine(line)}`),
      `  Try it again: orchestrate deliveries release ${name}`,
    ];
  }
  if (status === 'held' || status === 'dropped') return [`${head}${status}: ${oneLine(note ?? '')}`];
  return [];
}

/** Indented as it was. */
const harmless = (text: string) =>
  text
    .split(/([ \t]+)/)
    .map((piece, i) => (i % 2 === 0 ? visible(piece) : piece))
    .join('');

/** All of it as one word for a shell, over as many lines as it has; each is made harmless to look at. */
const quoted = (text: string) => `'${text.split('\n').map(harmless).join('\n').replaceAll("'", `'\\''`)}'`;

function clean(terminal: Terminal, call: Call): Promise<number> {
  return withDeliveries(terminal, call, async deliveries => {
    const found = await deliveries.cleanUp();
    if (call.options.json) printJson(terminal, found);
    else {
      for (const branch of found.branches) print(terminal, `taken away: branch ${oneLine(branch)}`);
      for (const path of found.trees) print(terminal, `taken away: ${oneLine(path)}`);
      for (const { path, why } of found.kept) print(terminal, `stays: ${oneLine(path)} (${oneLine(why)})`);
      if (found.branches.length + found.trees.length + found.kept.length === 0)
        print(terminal, 'Nothing is there to clean.');
    }
    return EXIT.done;
  });
}
