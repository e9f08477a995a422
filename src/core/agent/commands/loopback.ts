import { type Calling, judgeCalling } from './options.ts';
import type { Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/**
 * Where people let the servers run that they are building. On others listen databases, containers, debuggers and stores of
 * secrets, of which a mere question can be too much.
 */
const port = String.raw`(3\d{3}|4[0-8]\d\d|5[0-8]\d\d|7\d{3}|80\d\d|81\d\d|8888|90\d\d)`;
const usual = new RegExp(`^${port}$`);
/** Whether people let servers run there that they are building. */
export const isUsualPort = (number: number): boolean => usual.test(String(number));

const address = new RegExp(
  String.raw`^(http://)?(localhost|127\.0\.0\.1):${port}(/(?!.*\.\.)[\w./~%+-]*)?(\?[\w.~%+=&-]*)?$`,
);
const written = /^([^@%]|%\{[a-z_]+\})*$/;

/** Asks, and sends nothing but the question: options that read or write files, or lead elsewhere, are not among them. */
const curl: Calling = {
  flags:
    '--silent --show-error --fail --include --head --verbose --compressed --no-progress-meter --http1.1 --no-buffer --get',
  letters: 'sSfiIv',
  number: '--max-time -m --connect-timeout --retry --retry-delay --retry-max-time',
  choice: {
    '--request -X': 'GET HEAD OPTIONS',
    '--header -H': /^(Accept|Accept-Language|Content-Type|Origin|X-[\w-]+): ?[\w/*;=., :+-]*$/i,
    '--output -o': '/dev/null',
    '--write-out -w': written,
  },
  attached: { '--retry-connrefused --retry-all-errors': /^(?!)/, '-X': 'GET HEAD OPTIONS', '-m': /^\d+$/ },
};
const wget: Calling = {
  flags: '--quiet --spider --no-verbose --server-response -S -qO- -O-',
  letters: 'q',
  number: '--timeout -T --tries -t',
  choice: { '--output-document -O': '-' },
};

/** Judges a request to a server on this machine; undefined for all else. */
export function judgeRequest(name: string, args: readonly Arg[], workspace: Workspace): Finding | undefined {
  if (name === 'curl') return requestTo(args, curl, workspace);
  if (name !== 'wget') return name === 'nc' ? judgeProbe(args) : undefined;
  const discards = args.some(
    ({ text }, i) =>
      /^(-O-|-qO-|--output-document=-|--spider)$/.test(text) ||
      (text === '-' && /^(-q?O|--output-document)$/.test(args[i - 1]?.text ?? '')),
  );
  return discards
    ? requestTo(
        args.map(arg => (arg.text === '-qO' ? { ...arg, text: '-O' } : arg)),
        wget,
        workspace,
      )
    : undefined;
}

/** `&` in an address and quotes around it are the shell's to read, and it has done so. */
function requestTo(args: readonly Arg[], calling: Calling, workspace: Workspace): Finding {
  const bad = args.find(arg => !arg.fixed || arg.glob);
  if (bad || !args.some(arg => address.test(arg.text)))
    return ask(
      'network',
      'Only plain questions to a server on localhost, on a port that is usual for that, need no permission.',
    );
  return judgeCalling(
    args.filter(arg => !address.test(arg.text)),
    calling,
    workspace,
  );
}

/** Whether somebody listens. */
function judgeProbe(args: readonly Arg[]): Finding | undefined {
  const words = args.map(arg => (arg.fixed && !arg.glob ? arg.text : '?')).join(' ');
  return /^-(z|zv|vz)( -w ?\d+)? (localhost|127\.0\.0\.1) \d+$/.test(words) ? allowed : undefined;
}
