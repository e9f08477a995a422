import type { ToolContext } from './tool.ts';

/**
 * Marks what came from files, commands and other agents as data. The mark depends on the content itself, so that the
 * content cannot close it.
 */
export function fence(context: ToolContext, content: string): string {
  const mark = context.host.hashOf(new TextEncoder().encode(`${context.call}\n${content}`)).slice(0, 10);
  return `<data ${mark}>\n${content}${content.endsWith('\n') ? '' : '\n'}</data ${mark}>`;
}

/** Cuts a line that no person wrote. */
export const cutLine = (line: string, limit: number): string =>
  line.length > limit ? `${line.slice(0, limit)}… [${line.length - limit} more characters]` : line;

/** The first lines that fit; one at least. */
export function fitting(lines: readonly string[], room: number): string[] {
  let left = room;
  const end = lines.findIndex((line, index) => {
    left -= line.length + 1;
    return left < 0 && index > 0;
  });
  return lines.slice(0, end === -1 ? lines.length : end);
}
