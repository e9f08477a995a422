/** A run of what keys are made of, at least so long. */
const run = (least: number) => `[A-Za-z0-9_-]{${least},}`;

/** How secrets begin, by issuer, and what follows. */
const SHAPES: readonly [beginning: string, rest: string][] = [
  // Models.
  ['sk-', `(?:ant|proj|svcacct|admin|or|lf)-${run(16)}`],
  // Without dashes, unlike the many CSS classes that begin so.
  ['sk-', '[A-Za-z0-9]{20,}'],
  ['AIza', run(30)],
  [String.raw`AQ\.`, run(30)],
  ['(?:gsk|xai|hf|fw|pplx|csk|tgp_v1|r8)[_-]', run(20)],
  // Code and packages.
  ['gh[pousr]_', '[A-Za-z0-9]{20,}'],
  ['github_pat_', '[A-Za-z0-9_]{20,}'],
  ['gl(?:pat|dt|rt|ptt|cbt|oas|soat|imt|agent|ffct)-', '[A-Za-z0-9_.-]{20,}'],
  ['npm_', '[A-Za-z0-9]{30,}'],
  ['pypi-', run(50)],
  ['dckr_pat_', run(20)],
  ['(?:sntry[su]|gl(?:sa|c)|nfp|figd|lin_api|sbp|rpa|ntn|pcsk|phx|fo1|fm2|PMAK|NRAK|CFPAT|nvapi|tvly)[_-]', run(24)],
  ['AT(?:ATT3|BB|CTT3)', '[A-Za-z0-9_=-]{28,}'],
  // Talk.
  ['hooks\\.slack\\.com/services/', '[A-Za-z0-9/]{20,}'],
  ['discord(?:app)?\\.com/api/webhooks/', '[0-9]+/[A-Za-z0-9_-]{40,}'],
  ['xox[abeoprs]-', '[A-Za-z0-9-]{10,}'],
  ['xapp-', '[A-Za-z0-9-]{20,}'],
  // Clouds.
  ['(?:AKIA|ASIA)', '[A-Z0-9]{16}'],
  ['ya29\\.', run(20)],
  ['1//0', run(30)],
  ['LTAI', '[A-Za-z0-9]{16,24}'],
  ['GOCSPX-', run(20)],
  ['do[opr]_v1_', '[a-f0-9]{40,}'],
  ['hv[sbr]\\.', run(20)],
  ['dapi', '[a-f0-9]{32}'],
  // Money and mail.
  ['shp(?:at|ss|ca|pa)_', '[a-fA-F0-9]{32}'],
  ['sq0(?:atp|csp|idp)-', run(22)],
  ['key-', '[0-9a-f]{32}'],
  ['(?:[sr]k_(?:live|test)|whsec)_', '[A-Za-z0-9]{16,}'],
  ['SG\\.', String.raw`[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`],
  ['AGE-SECRET-KEY-', '[A-Z0-9]{40,}'],
  ['eyJ', String.raw`[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`],
];
/** Where a word begins; in serialised text, what stands before may be the letter of an escape such as \n. */
const start = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{4}))`;
const beginnings = [...new Set(SHAPES.map(([beginning]) => beginning))].join('|');
const shaped = new RegExp(`${start}(?:${SHAPES.map(shape => shape.join('')).join('|')})`, 'g');

/** In serialised text, too; quotes end it, so that no string there can run into the next. */
const lineEnd = String.raw`(?:\s|\\{1,8}[nrt])`;
const PEM = new RegExp(
  `(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?:[^"'\`]{0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?:${lineEnd}{1,8}[A-Za-z0-9+/=]{16,})+)`,
  'g',
);
/** Forty letters are nothing by themselves; after such a name they are the secret of an AWS key. */
const AWS = /(secret_?access_?key\\?["'`]?\s{0,4}(?:[:=]|=>)\s{0,4}\\?["'`]?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi;
/** What Azure's connection strings and signed addresses hold, and what is sent along to prove who asks. */
const AZURE = /((?:AccountKey|SharedAccessKey|[?&;]sig)=)[A-Za-z0-9+/%]{40,}={0,2}/g;
const HEADER =
  /(authorization\\{0,8}["'`]?\s{0,4}[:=]\s{0,4}\\{0,8}["'`]?(?:bearer|basic|token)\s{1,4})[A-Za-z0-9._~+/-]{16,}={0,2}/gi;
/** The password of an address. */
const ADDRESS = /(:\/\/[^\s:@/"'`\\]{0,100}:)[^\s@/"'`\\]{6,200}(?=@)/g;

/** Most text holds none of these, which is found out much faster. Each by itself: together they would take longer. */
const begins = new RegExp(beginnings);
const named = /access_?key/i;
const azure = /AccessKey=|AccountKey=|sig=/;
const header = /authorization/i;
const addressed = /:\/\/[^\s/@]{0,100}:/;

/** Takes out whatever is shaped like a secret. */
export function withoutShapes(text: string, mark: string): string {
  let clean = text;
  if (begins.test(clean)) clean = clean.replace(shaped, mark);
  if (clean.includes('PRIVATE KEY')) clean = clean.replace(PEM, `$1${mark}`);
  if (azure.test(clean)) clean = clean.replace(AZURE, `$1${mark}`);
  if (header.test(clean)) clean = clean.replace(HEADER, `$1${mark}`);
  if (named.test(clean)) clean = clean.replace(AWS, `$1${mark}`);
  if (addressed.test(clean)) clean = clean.replace(ADDRESS, `$1${mark}`);
  return clean;
}
