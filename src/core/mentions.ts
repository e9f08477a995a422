const MENTION = /(^|[\s([])@([^\s@]+?)(?=[.,;:!?)\]]*(?:\s|$))/g;

/** Paths that a text names by `@path`. */
export const mentioned = (text: string): string[] => [
  ...new Set([...text.matchAll(MENTION)].map(([, , path = '']) => path)),
];

/** `@src/app.js` is how a person names a file while writing; the team reads `src/app.js`, and all of them once more. */
export function withFiles(text: string, isFile: (path: string) => boolean): string {
  const named: string[] = [];
  const plain = text.replaceAll(MENTION, (all, before: string, path: string) => {
    if (!isFile(path)) return all;
    named.push(path);
    return `${before}${path}`;
  });
  const files = [...new Set(named)];
  return files.length === 0 ? plain.trim() : `${plain.trim()}\n\nFiles: ${files.join(', ')}`;
}
