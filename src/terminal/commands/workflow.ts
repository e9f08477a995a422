import { closest } from '../../core/plan/suggest.ts';
import { withInputs } from '../../core/station/workflow/inputs.ts';
import { queuedWorkflow } from '../../core/station/workflow/queued.ts';
import { renderWorkflow } from '../../core/station/workflow/render.ts';
import { openRuntime } from '../open-runtime.ts';
import { workflowIn } from '../read-workflow.ts';
import { askStation } from '../station/ask-team.ts';
import { type Call, EXIT, option, print, type Terminal, UsageError } from '../terminal.ts';
import { priorityOf } from './requests.ts';

const VERBS = ['convert', 'add'] as const;

/** `orchestrate workflow` */
export async function workflow(terminal: Terminal, call: Call): Promise<number> {
  const [verb = '', ...paths] = call.words;
  if (!VERBS.some(known => known === verb)) {
    const near = closest(verb, VERBS);
    throw new UsageError(`workflow takes convert or add, not "${verb}"${near ? `; did you mean "${near}"?` : ''}`);
  }
  if (paths.length === 0) throw new UsageError(`Write: orchestrate workflow ${verb} FILE…`);
  const runtime = await openRuntime(terminal, call);
  const read = await workflowIn(terminal, paths, runtime);
  if (verb === 'convert') {
    print(terminal, renderWorkflow(read).trimEnd());
    return EXIT.done;
  }
  const filled = withInputs(read, given(option(call, 'input')));
  if (!filled.ok) throw new UsageError(`The workflow cannot begin: ${filled.message}. Write --input NAME=VALUE.`);
  const priority = priorityOf(option(call, 'priority') ?? 'medium');
  const body = {
    kind: 'queue-add' as const,
    text: filled.workflow.goal,
    priority,
    workflow: queuedWorkflow(filled.workflow, paths[0] ?? ''),
  };
  return askStation(terminal, call, runtime, body);
}

/** `--input NAME=VALUE`, as often as it stands there. */
function given(said: string | undefined): Record<string, string> {
  const pairs = (said?.split('\n') ?? []).map(pair => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`"--input ${pair}" has no value. Write --input NAME=VALUE.`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
