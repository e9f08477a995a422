/** What a record itself holds under a key that came from outside, and nothing that every object has by nature. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
