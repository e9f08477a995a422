import { AgentHistories } from '../../src/core/agent/histories.ts';
import { BUILT_IN_ROLES } from '../../src/core/agent/prompts/roles.ts';
import type { RouteRequest } from '../../src/core/routing/contract.ts';
import { signature } from '../../src/core/routing/signature.ts';
import type { Message } from '../../src/protocol/message.ts';
import { countTokens } from '../../src/rehearsal/wire/tokens.ts';
import { FakeClock } from './fake-clock.ts';
import { listTeam } from './list-team.ts';
import { memoryJournal } from './memory-journal.ts';
import { MemoryWorkspace } from './memory-workspace.ts';
import { call, calls, type Reply } from './scripted-router.ts';

const FILES = {
  'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test' } }),
  'README.md': '# Shop\n\nA cart and what is in it.\n',
  'src/cart.js': 'export const lines = [];\n\nexport function add(line) {\n  lines.push(line);\n}\n',
  'test/cart.test.js': "import '../src/cart.js';\n",
};

const PLAN = {
  goal: 'The cart says what it adds up to',
  rationale:
    'One task settles what a total is; cart and page are then built side by side, about half faster than in turn.',
  phases: ['setup', 'development'],
  tasks: [
    {
      id: 'contract',
      title: 'What a total is',
      role: 'architect',
      phase: 'setup',
      instructions: 'Publish the artifact total, a JSON Schema.',
      publishes: ['total'],
      complexity: 'simple',
    },
    {
      id: 'cart',
      title: 'The total of the cart',
      role: 'implementer',
      phase: 'development',
      instructions:
        'Add a function total to src/cart.js that returns what the artifact total says. Test it in test/cart.test.js.',
      needs: ['contract'],
      consumes: ['total'],
      writes: ['src/**', 'test/**'],
      checks: [{ run: 'npm test' }, { exists: ['test/cart.test.js'] }],
      review: {},
    },
    {
      id: 'page',
      title: 'The page that shows it',
      role: 'frontend-specialist',
      phase: 'development',
      instructions: 'Show the total in web/index.html.',
      needs: ['contract'],
      writes: ['web/**'],
    },
  ],
};

const SCHEMA =
  '{"type": "object", "properties": {"sum": {"type": "number"}, "lines": {"type": "integer"}}, "required": ["sum", "lines"]}\n';
const finish = (summary: string) => calls(call('finish_task', { summary }));

const textOf = ({ messages }: RouteRequest) => JSON.stringify(messages);

const blocked = call('report_blocker', {
  text: 'There is no page in the project, and I do not know which framework it should use.',
});

/** A team that comes through every kind of turn: a review that finds something, a fix, and a task that the orchestrator does itself. */
function script(request: RouteRequest): Reply {
  const tools = new Set(request.tools.map(({ name }) => name));
  const said = request.messages.filter(message => message.role === 'assistant').length;
  const text = textOf(request);
  const turns = (...replies: Reply[]) => replies[said] ?? finish('Nothing is left.');
  if (tools.has('propose_plan')) return calls(call('propose_plan', PLAN));
  if (tools.has('go_on')) return calls(call('go_on', { text: 'The page can wait.' }));
  if (tools.has('verdict'))
    return text.includes('Findings of earlier rounds')
      ? calls(call('verdict', { approve: true, text: 'It refuses it now.' }))
      : calls(
          call('add_finding', {
            severity: 'blocker',
            path: 'src/cart.js',
            line: 7,
            text: 'An amount that is no number gives NaN; it has to be refused.',
          }),
          call('verdict', { approve: false, text: 'Wrong input is added up.' }),
        );
  if (text.includes('Task contract'))
    return turns(
      calls(
        call('publish_artifact', { name: 'total', content: SCHEMA, mediaType: 'application/json' }),
        call('note_decision', { decision: 'Amounts are numbers in cents', rationale: 'No rounding.', binds: true }),
      ),
      finish('Published total: a sum and the number of lines.'),
    );
  if (text.includes('Task page'))
    return tools.has('revise_plan')
      ? turns(
          calls(call('write_file', { path: 'web/index.html', content: '<output></output>\n' })),
          finish('The page is there.'),
        )
      : calls(blocked);
  const sum =
    '\nexport function total() {\n  return { sum: lines.reduce((sum, { amount }) => sum + amount, 0), lines: lines.length };\n}\n';
  const mend = calls(call('read_file', { path: 'src/cart.js' }));
  return turns(
    calls(call('read_file', { path: 'src/cart.js' })),
    calls(call('write_file', { path: 'src/cart.js', content: FILES['src/cart.js'] + sum })),
    finish('total is in src/cart.js; npm test passes.'),
    mend,
    finish('It throws for what is no number.'),
  );
}

/** The first request of each kind of turn, in a session that completes, or in one in which the orchestrator gives up, too. */
export async function promptTurns(gives: 'completes' | 'gives up'): Promise<RouteRequest[]> {
  const clock = new FakeClock(Date.UTC(2026, 10, 28, 12));
  const journal = memoryJournal(() => clock.now());
  const { session, router } = listTeam(
    { clock, journal, histories: new AgentHistories(), files: new MemoryWorkspace(FILES), roles: BUILT_IN_ROLES },
    request =>
      gives === 'gives up' &&
      request.tools.some(({ name }) => name === 'finish_task') &&
      textOf(request).includes('Task page')
        ? calls(blocked)
        : script(request),
  );
  const end = await clock.until(session.run());
  if (end.outcome !== (gives === 'completes' ? 'completed' : 'failed')) throw new Error(end.reason);
  return router.requests;
}

const partText = (part: Message['parts'][number]): string => {
  if (part.type === 'text') return part.text;
  if (part.type === 'tool-call') return `[calls ${part.name} ${JSON.stringify(part.args)}]`;
  return part.type === 'tool-result'
    ? `[${part.name}${part.isError ? ', refused' : ''}] ${part.output}`
    : `[${part.type}]`;
};

/** A request as its model reads it, with what it weighs; arguments of tools are shown in short. */
export function rendered({ system, tools, messages }: Pick<RouteRequest, 'system' | 'tools' | 'messages'>) {
  const whole = tools.map(
    ({ name, description, parameters }) => `${name}: ${description}\n${JSON.stringify(parameters)}`,
  );
  const listed = tools.map(({ name, description, parameters }) => `- ${name} ${signature(parameters)}: ${description}`);
  const said = messages.map(({ role, parts }) => `## ${role}\n${parts.map(partText).join('\n')}`).join('\n\n');
  const weighs = { system: countTokens(system), tools: countTokens(whole.join('\n\n')), messages: countTokens(said) };
  const tokens = weighs.system + weighs.tools + weighs.messages;
  const head = `About ${tokens} tokens: system ${weighs.system}, tools ${weighs.tools}, messages ${weighs.messages}.`;
  const text = [head, `# System\n${system}`, `# Tools\n${listed.join('\n')}`, `# Messages\n${said}`].join('\n\n');
  return { tokens, text: `${text}\n` };
}
