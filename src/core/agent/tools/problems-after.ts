import type { RelPath } from '../../../protocol/ids.ts';
import { counted } from '../../../protocol/show.ts';
import { cutLine, fence } from './fence.ts';
import type { ToolContext } from './tool.ts';

const SHOWN = 20;

/** What the editor says of a file that was written just now, errors first; nothing where it finds nothing. */
export async function problemsAfter(context: ToolContext, path: RelPath): Promise<string> {
  const { host, signal } = context;
  const found = (await host.problems?.(path, signal).catch(() => [])) ?? [];
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
  return `\nThe editor finds ${counted(sorted.length, 'problem')} in it${more}:\n${fence(context, lines.join('\n'))}`;
}
