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
