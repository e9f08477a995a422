import { type Finding, never } from './verdict.ts';

/** Characters that a person does not see, or that make a line look other than it is. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const oddSpace = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

/** A line that hides something is not shown to anyone for a decision. */
export function hiddenCharacters(line: string): Finding | undefined {
  const what = control.test(line)
    ? 'control'
    : invisible.test(line)
      ? 'invisible'
      : oddSpace.test(line)
        ? 'look-alike space'
        : undefined;
  return (
    what && never('hidden-characters', `The line holds ${what} characters. Write it again with plain characters only.`)
  );
}
