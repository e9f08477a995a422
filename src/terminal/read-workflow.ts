import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { problemText } from '../core/plan/problem.ts';
import { readWorkflow } from '../core/station/workflow/read.ts';
import type { Workflow } from '../protocol/workflow.ts';
import type { Runtime } from '../runtime/contract.ts';
import { printError, type Terminal, UsageError } from './terminal.ts';

/** Files that are one workflow together; what is wrong with them is said with line and column. */
export async function workflowIn(terminal: Terminal, paths: readonly string[], runtime: Runtime): Promise<Workflow> {
  const files = await Promise.all(
    paths.map(async path => ({ file: path, text: await textOf(resolve(terminal.folder, path)) })),
  );
  const roles = await runtime.roles();
  const { state } = await runtime.station.read();
  const names = [...roles.map(({ name }) => name), ...state.members.keys()];
  const read = readWorkflow(files, { roles: names });
  if (!read.ok) throw new UsageError(read.problems.map(problem => problemText(problem, problem.file)).join('\n'));
  for (const warning of read.warnings) printError(terminal, terminal.style.dim(problemText(warning, warning.file)));
  return read.workflow;
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    throw new UsageError(`The workflow cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}
