const MENTION = /(^|[\s([])@(?:"([^"\n]+)"|([^\s@"]+?)(?=[.,;:!?)\]]*(?:\s|$)))/g;

/** How a text names a file: `@path`, in quotes where the path would not end where it does. */
export const mention = (path: string): string => (/[\s"@]|[.,;:!?)\]]$/.test(path) ? `@"${path}"` : `@${path}`);

/** Paths that a text names so. */
export const mentioned = (text: string): string[] => [
  ...new Set([...text.matchAll(MENTION)].map(([, , quoted, bare]) => quoted ?? bare ?? '')),
];

/** The text with something else in their places; undefined leaves one as it is. */
export const withMentions = (text: string, put: (path: string) => string | undefined): string =>
  text.replaceAll(MENTION, (all, before: string, quoted?: string, bare?: string) => {
    const other = put(quoted ?? bare ?? '');
    return other === undefined ? all : `${before}${other}`;
  });

/** `@src/app.js` is how a person names a file while writing; the team reads `src/app.js`, and all of them once more. */
export function withFiles(text: string, isFile: (path: string) => boolean): string {
  const files = mentioned(text).filter(isFile);
  const plain = withMentions(text, path => (files.includes(path) ? path : undefined)).trim();
  return files.length === 0 ? plain : `${plain}\n\nFiles: ${files.join(', ')}`;
}
