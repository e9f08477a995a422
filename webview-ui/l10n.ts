let texts: Readonly<Record<string, string>> = {};

/** Takes the translations that the host knows; before the first text is shown. */
export function setTexts(translations: Readonly<Record<string, string>>): void {
  texts = translations;
}

/** The page's texts, looked up by their English form, as in the extension itself. */
export const l10n = {
  t(text: string, ...args: (string | number)[]): string {
    const found = texts[text] ?? text;
    return found.replace(/\{(\d+)\}/g, (all, index: string) => {
      const value = args[Number(index)];
      return value === undefined ? all : String(value);
    });
  },
};
