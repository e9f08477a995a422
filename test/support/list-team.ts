import type { RoleSpec } from '../../src/core/agent/contract.ts';
import type { AgentHistories } from '../../src/core/agent/histories.ts';
import { agentRunner } from '../../src/core/agent/runner.ts';
import type { Processes, ProcessOutcome } from '../../src/core/ports.ts';
import type { RouteRequest } from '../../src/core/routing/contract.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import { DEFAULTS } from '../../src/core/team/options.ts';
import { Session } from '../../src/core/team/session.ts';
import { loopbackHttp } from '../../src/node/loopback-http.ts';
import type { FakeClock } from './fake-clock.ts';
import { MemoryAgentFiles, type MemoryWorkspace, sha256 } from './memory-workspace.ts';
import { call, calls, type Reply, scriptedRouter } from './scripted-router.ts';

const role = (name: string) => ({ name, description: `does ${name}`, instructions: `You are ${name}.` });

const PLAN = {
  goal: 'A list',
  tasks: [
    { id: 'api', title: 'Contract', role: 'worker', instructions: 'Publish it.', publishes: ['contract'] },
    {
      id: 'list',
      title: 'List',
      role: 'worker',
      instructions: 'Write it.',
      needs: ['api'],
      consumes: ['contract'],
      writes: ['list.js'],
      checks: [{ exists: ['list.js'] }],
      review: { role: 'reviewer' },
    },
    { id: 'verify', title: 'Try', kind: 'check', needs: ['list'], checks: [{ run: 'node list.js' }] },
  ],
};

/** What each model says, by what it is asked and how far its conversation has come: as a resumed one would, too. */
function answer(request: RouteRequest): Reply {
  const back = request.messages.findLastIndex(message => JSON.stringify(message).includes('was not accepted yet'));
  const said = request.messages.slice(Math.max(0, back)).filter(message => message.role === 'assistant').length;
  const text = JSON.stringify(request.messages[0]);
  if (request.tools.some(tool => tool.name === 'propose_plan')) return calls(call('propose_plan', PLAN));
  const turns = (...replies: Reply[]) => replies[said] ?? { parts: [] };
  if (request.tools.some(tool => tool.name === 'verdict')) {
    if (text.includes('Findings of earlier rounds')) {
      return turns(
        calls(call('read_file', { path: 'list.js' })),
        calls(call('verdict', { approve: true, text: 'Good.' })),
      );
    }
    return turns(
      calls(call('add_finding', { severity: 'blocker', text: 'It is empty.', path: 'list.js', line: 1 })),
      calls(call('verdict', { approve: false, text: 'Not yet.' })),
    );
  }
  if (text.includes('Task api')) {
    return turns(
      calls(call('publish_artifact', { name: 'contract', content: '{"type": "array"}' })),
      calls(call('finish_task', { summary: 'Published.' })),
    );
  }
  if (back > 0) {
    return turns(
      calls(call('read_file', { path: 'list.js' })),
      calls(call('write_file', { path: 'list.js', content: 'console.log([1])\n' })),
      calls(call('finish_task', { summary: 'Mended.' })),
    );
  }
  return turns(
    calls(call('read_artifact', { name: 'contract' })),
    calls(call('write_file', { path: 'list.js', content: '// list\n' })),
    calls(call('finish_task', { summary: 'Written.' })),
  );
}

export interface ListTeamParts {
  clock: FakeClock;
  journal: Journal;
  histories: AgentHistories;
  files: MemoryWorkspace;
  roles?: readonly RoleSpec[];
}

/**
 * A session in memory with everything real but the models, the disk and the clock. `histories` have seen what the
 * journal held; it goes on where the journal ends.
 */
export function listTeam(
  { clock, journal, histories, files, roles = ['worker', 'reviewer', 'orchestrator'].map(role) }: ListTeamParts,
  script: (request: RouteRequest) => Reply = answer,
  outcome: (command: string) => Partial<ProcessOutcome> = () => ({}),
) {
  journal.subscribe(event => histories.apply(event));
  const commands: string[] = [];
  const processes: Processes = {
    run: async ({ command }) => {
      commands.push(command);
      return { ended: 'exit', exit: 0, output: '', omitted: 0, ms: 1, ...outcome(command) };
    },
  };
  const router = scriptedRouter(script, { journal });
  let ids = journal.state.seq * 1000;
  const shared = {
    journal,
    router,
    files,
    processes,
    http: loopbackHttp,
    clock,
    newId: (prefix: string) => `${prefix}-${++ids}`,
    hashOf: sha256,
    judge: () => ({ verdict: 'allow' as const, rule: 'all', advice: '' }),
  };
  const session = new Session(
    {
      ...shared,
      runner: voice => agentRunner({ ...shared, ...voice, agentFiles: new MemoryAgentFiles(files, journal) }),
      routes: {
        of: () => ['anthropic/big', 'openai/big'],
        all: () => ['anthropic/big', 'openai/big'],
        free: () => [],
        why: () => 'the only route there is',
        vendorOf: model => model.slice(0, model.indexOf('/')),
      },
      resumePoint: agent => histories.resumePoint(agent, journal),
      price: async () => 1,
    },
    {
      ...DEFAULTS,
      roles,
      orchestrator: 'orchestrator',
      defaultRole: 'worker',
      approvePlan: false,
      approveAll: true,
      present: () => false,
    },
    journal.state.seq > 0
      ? { kind: 'resume', event: { pid: 1, host: 'terminal', version: '1' } }
      : {
          kind: 'new',
          event: {
            session: 's',
            goal: 'A list',
            version: '1',
            workspace: '/w',
            rehearsal: false,
            budget: { alertAt: 0.8 },
          },
        },
  );
  return { session, router, commands };
}
