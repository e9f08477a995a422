/** Evaluates profiles as macOS does: of the rules that fit, the last one decides. */

type Expression = string | { text: string } | { expression: RegExp } | Expression[];

export interface Subject {
  path?: string;
  /** Of the path; absent: a file. */
  folder?: boolean;
  /** What it connects to, or listens on: `localhost:80`. */
  address?: string;
  /** The path is that of a socket. */
  socket?: boolean;
  /** A service, a setting of the kernel. */
  name?: string;
  /** Of a process. */
  target?: 'same-sandbox' | 'others';
}

function parse(text: string): Expression[] {
  const tokens = [...text.matchAll(/;[^\n]*|#"([^"]*)"|"([^"]*)"|[()]|[^\s()";]+/g)];
  const open: Expression[][] = [[]];
  for (const [token, expression, string] of tokens) {
    const inner = open.at(-1) as Expression[];
    if (token.startsWith(';')) continue;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const done = open.pop() as Expression[];
      (open.at(-1) ?? fail('a bracket too many')).push(done);
    } else if (expression !== undefined) inner.push({ expression: new RegExp(expression) });
    else if (string !== undefined) inner.push({ text: string });
    else inner.push(token);
  }
  return open.length === 1 ? (open[0] as Expression[]) : fail('a bracket is open');
}

const fail = (why: string): never => {
  throw new Error(`not a profile: ${why}`);
};

const covers = (operation: string, wanted: string) =>
  operation === 'default' ||
  operation === wanted ||
  (operation.endsWith('*') && wanted.startsWith(operation.slice(0, -1)));

/** Words of operations that profiles of ours speak of; any other is a mistake in them. */
const OPERATIONS = new Set(
  `default nvram* process-info* appleevent-send lsopen process-exec process-fork signal file-map-executable mach-lookup
   sysctl-read ipc-posix-sem pseudo-tty system-socket file-read* file-read-metadata file-write* file-write-data file-ioctl
   file-write-create file-write-unlink file-write-setugid file-link network-outbound network-bind network-inbound`.split(
    /\s+/,
  ),
);

const textOf = (found: Expression | undefined) =>
  typeof found === 'object' && 'text' in found ? found.text : fail(`a string is missing: ${JSON.stringify(found)}`);

function fits(filter: Expression, subject: Subject): boolean {
  if (!Array.isArray(filter)) return fail(`not a filter: ${JSON.stringify(filter)}`);
  const [kind, first, second] = filter;
  const { path, folder = false, address, socket = false, name, target } = subject;
  switch (kind) {
    case 'require-all':
      return filter.slice(1).every(each => fits(each, subject));
    case 'literal':
      return path === textOf(first);
    case 'subpath':
      return path === textOf(first) || path?.startsWith(`${textOf(first)}/`) === true;
    case 'regex':
      return path !== undefined && (first as { expression: RegExp }).expression.test(path);
    case 'vnode-type':
      return first === 'DIRECTORY' ? folder : fail(`what is a ${JSON.stringify(first)}?`);
    case 'target':
      return target === first;
    case 'global-name':
    case 'sysctl-name':
      return name === textOf(first);
    case 'sysctl-name-prefix':
      return name?.startsWith(textOf(first)) === true;
    case 'remote':
    case 'local':
      if (first === 'unix-socket') return socket && fits(second as Expression, subject);
      return addressFits(textOf(second), address);
    case 'extension':
      return false;
    case 'socket-domain':
      return name === first;
    default:
      return fail(`what is ${JSON.stringify(kind)}?`);
  }
}

function addressFits(pattern: string, address: string | undefined): boolean {
  const [host, port] = pattern.split(':');
  const [itsHost, itsPort] = address?.split(':') ?? [];
  return address !== undefined && host === itsHost && (port === '*' || port === itsPort);
}

/** Whether a profile lets an operation through. */
export function seatbelt(profile: string): (operation: string, subject?: Subject) => boolean {
  const [version, ...rules] = parse(profile) as Expression[][];
  if (JSON.stringify(version) !== '["version","1"]') fail('it has no version');
  const read = rules.map(([verdict, ...rest]) => {
    const operations = rest.filter(each => typeof each === 'string');
    if (verdict !== 'allow' && verdict !== 'deny') fail(`what is ${JSON.stringify(verdict)}?`);
    for (const operation of operations) if (!OPERATIONS.has(operation)) fail(`what is ${operation}?`);
    const filters = rest.filter(each => typeof each !== 'string');
    return { allows: verdict === 'allow', operations, filters };
  });
  return (operation, subject = {}) =>
    read.findLast(
      ({ operations, filters }) =>
        operations.some(each => covers(each, operation)) &&
        (filters.length === 0 || filters.some(filter => fits(filter, subject))),
    )?.allows ?? fail('nothing is said of what it does not name');
}
