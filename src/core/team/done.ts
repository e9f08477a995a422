/** What became of something that was asked for. */
export type Done = { ok: true } | { ok: false; message: string };
