/** Why a person said no, as a sentence of its own after others; nothing where they said nothing. */
export function reasonGiven({ reason }: { reason?: string | undefined }): string {
  const text = reason?.trim() ?? '';
  return text === '' ? '' : ` The reason given: ${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
