interface Key {
  key: string;
  code?: string;
  windowsVirtualKeyCode?: number;
  text?: string;
}

const named = (key: string, windowsVirtualKeyCode: number, text?: string): Key => ({
  key,
  code: key,
  windowsVirtualKeyCode,
  ...(text !== undefined && { text }),
});

/** Keys that do something without writing it, by their names in small letters. */
export const KEYS: Readonly<Record<string, Key>> = Object.fromEntries(
  [
    named('Enter', 13, '\r'),
    named('Tab', 9),
    named('Escape', 27),
    named('Backspace', 8),
    named('Delete', 46),
    named('Home', 36),
    named('End', 35),
    named('PageUp', 33),
    named('PageDown', 34),
    named('ArrowLeft', 37),
    named('ArrowUp', 38),
    named('ArrowRight', 39),
    named('ArrowDown', 40),
    { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
  ].map(key => [(key.code ?? key.key).toLowerCase(), key]),
);
