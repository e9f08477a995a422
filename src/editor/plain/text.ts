import { lines } from '../../core/plain.ts';

/** Not seen, and enough to part what would mean something together. */
const APART = '\u2060';

/** VS Code makes icons of `$(shield)`, in Markdown even where it is escaped. */
export const withoutIcons = (text: string): string => text.replaceAll('$(', `$${APART}(`);

/**
 * Text for notifications, input boxes and picks. There VS Code makes a link of `[Allow](command:…)`, which runs any command.
 */
export const plain = (text: string): string => withoutIcons(lines(text)).replaceAll('](', `]${APART}(`);
