/** A pattern as it may have been meant. */
export interface Reading {
  pattern: string;
  regex: boolean;
  /** What is said before its results. */
  said?: string;
}

const SPECIAL = /[\\^$.|?*+()[\]{}]/;
const AROUND = /\(\?<?[=!](?:[^()\\]|\\.)*\)/g;

/** As it stands first; then, each only where what came before it finds nothing, as models mean what they write otherwise. */
export function readingsOf(pattern: string, regex: boolean | undefined): Reading[] {
  const plain = { pattern, regex: false };
  if (regex === false || !SPECIAL.test(pattern)) return [plain];
  const bare = pattern.replace(AROUND, '');
  const unescaped = pattern.replace(/\\\\(?=[^\s\w])|\\\\(?=[bBdDsSwWnt])/g, '\\').replace(/\\([|(){}+?<>])/g, '$1');
  return [
    { pattern, regex: true },
    ...(bare !== pattern && bare !== ''
      ? [{ pattern: bare, regex: true, said: `Look-around cannot be searched for, so this is what matches ${bare}:` }]
      : []),
    { ...plain, said: 'As a regular expression it matches nothing, as plain text this:' },
    ...(unescaped !== pattern && unescaped.replace(/[<>]/g, '') !== ''
      ? [{ pattern: unescaped, regex: true, said: `As written it matches nothing; read as ${unescaped} this:` }]
      : []),
  ];
}
