/** A tool call as people read it: what is done to what, and what is long. */
export interface ReadCall {
  /** The file that it is about, where it is about one. */
  path?: string;
  /** What it is about otherwise: a command, a pattern, a question. */
  subject?: string;
  /** The rest, by name: contents, reasons, lists. */
  rest: { name: string; text: string }[];
}

const PATHS = new Set(['path', 'file', 'file_path', 'filePath', 'filename']);
const SUBJECTS = ['command', 'pattern', 'query', 'question', 'name', 'artifact', 'text', 'summary', 'goal'];

/** Reads the arguments of a call, also while they still stream in: what is not closed yet ends where the text ends. */
export function readCall(json: string): ReadCall | undefined {
  const fields = fieldsOf(json);
  if (!fields) return undefined;
  const call: ReadCall = { rest: [] };
  const subject = SUBJECTS.find(name => fields.some(field => field.name === name));
  for (const field of fields) {
    if (call.path === undefined && PATHS.has(field.name)) call.path = field.text;
    else if (field.name === subject && !field.text.includes('\n') && !fields.some(({ name }) => PATHS.has(name)))
      call.subject = field.text;
    else call.rest.push(field);
  }
  return call;
}

/** The fields of an object at its outermost level. */
function fieldsOf(json: string): { name: string; text: string }[] | undefined {
  const fields: { name: string; text: string }[] = [];
  let at = skip(json, 0);
  if (json[at] !== '{') return undefined;
  at = skip(json, at + 1);
  while (json[at] === '"') {
    const name = stringAt(json, at);
    at = skip(json, name.end);
    if (json[at] !== ':') break;
    at = skip(json, at + 1);
    if (at >= json.length) break;
    const value = json[at] === '"' ? stringAt(json, at) : valueAt(json, at);
    fields.push({ name: name.text, text: value.text });
    at = skip(json, value.end);
    if (json[at] !== ',') break;
    at = skip(json, at + 1);
  }
  return fields;
}

function skip(json: string, from: number): number {
  let at = from;
  while (at < json.length && ' \t\r\n'.includes(json[at] ?? '')) at++;
  return at;
}

function stringAt(json: string, from: number): { text: string; end: number } {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return { text: unescaped(json.slice(from + 1, at)), end: at + 1 };
}

/** A list, an object, a number: as it stands, in lines where it is complete. */
function valueAt(json: string, from: number): { text: string; end: number } {
  let depth = 0;
  let at = from;
  for (; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = stringAt(json, at).end - 1;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) break;
      depth--;
    } else if (character === ',' && depth === 0) break;
  }
  const raw = json.slice(from, at);
  try {
    return { text: lines(JSON.parse(raw)), end: at };
  } catch {
    return { text: unescaped(raw), end: at };
  }
}

function lines(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return String(value).replaceAll('\n', `\n${indent}`);
  const label = (name: string) => (Array.isArray(value) ? '-' : `${name}:`);
  return Object.entries(value)
    .map(([name, item]) => {
      const text = lines(item, `${indent}  `);
      const below = text.includes('\n') || (typeof item === 'object' && item !== null);
      return `${label(name)}${below ? `\n${indent}  ` : ' '}${text}`;
    })
    .join(`\n${indent}`);
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '', b: '', f: '' };

/** The text that a piece of JSON stands for; an escape that is cut off at its end is left out. */
export function unescaped(json: string): string {
  return json.replace(/\\(?:u([0-9a-fA-F]{4})|u[0-9a-fA-F]{0,3}$|(.)|$)/gs, (_, code?: string, character?: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return character === undefined ? '' : (ESCAPES[character] ?? character);
  });
}
