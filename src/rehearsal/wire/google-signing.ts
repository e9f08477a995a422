/** The text a signature is made over: the call itself, for this model and account. */
export function signedCall(account: string, model: string, name: string, args: unknown): string[] {
  return ['call', account, model, name, JSON.stringify(args ?? {})];
}

/** Whether this generation signs its calls and wants the signatures back. */
export function signs(model: string): boolean {
  const major = /^gemini-(\d+)/.exec(model)?.[1];
  return major !== undefined && Number(major) >= 3;
}
