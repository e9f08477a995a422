/** A content as an editor shows it, without its mark of byte order; undefined where it is not text. */
export async function documentText(bytes: Uint8Array): Promise<string | undefined> {
  const { decode } = await import('../../core/changes/encoding.ts');
  return decode(bytes)?.text.replace(/^\uFEFF/, '');
}
