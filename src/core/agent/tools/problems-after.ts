import type { RelPath } from '../../../protocol/ids.ts';
import { counted } from '../../../protocol/show.ts';
import type { FileProblem } from '../../ports.ts';
import { runChecker } from './checker.ts';
import { cutLine, fence } from './fence.ts';
import type { ToolContext } from './tool.ts';

const SHOWN = 20;

/** What the editor says of a file that was written just now, or the role's checker where no editor does; errors first. */
export async function problemsAfter(context: ToolContext, path: RelPath): Promise<string> {
  const { host, signal, checker } = context;
  if (host.problems) return told(context, 'The editor', await host.problems(path, signal).catch(() => []));
  if (checker === undefined) return '';
  const checked = await runChecker(checker, path, context);
  const name = `The checker \`${checker}\``;
  if (signal.aborted) return '';
  return checked.ok ? told(context, name, checked.problems) : `\n${name} says nothing of it: ${checked.why}.`;
}

function told(context: ToolContext, who: string, found: readonly FileProblem[]): string {
  if (found.length === 0) return '';
  const sorted = found.toSorted(
    (one, other) => Number(one.severity !== 'error') - Number(other.severity !== 'error') || one.line - other.line,
  );
  const lines = sorted
    .slice(0, SHOWN)
    .map(({ line, severity, message, source }) =>
      cutLine(`line ${line}: ${severity}${source === undefined ? '' : ` (${source})`}: ${message}`, 300),
    );
  const more = sorted.length > SHOWN ? `, the first ${SHOWN} of them` : '';
  return `\n${who} finds ${counted(sorted.length, 'problem')} in it${more}:\n${fence(context, lines.join('\n'))}`;
}
