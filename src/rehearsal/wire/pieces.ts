/** Cuts text into pieces of about `size`, never inside a character. */
export function* pieces(text: string, size: number): Generator<string> {
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + size);
    const unit = text.charCodeAt(to - 1);
    if (unit >= 0xd800 && unit < 0xdc00 && to < text.length) to++;
    yield text.slice(from, to);
    from = to;
  }
}
