import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProblemError } from './problem.ts';

/** Where the build puts what pages load. */
const FOLDER = fileURLToPath(new URL('../../dist/webview', import.meta.url));
const MEDIA = fileURLToPath(new URL('../../media', import.meta.url));
const ICONS = ['icon.png', 'app-icon-192.png', 'app-icon-512.png'];

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** Nothing from other hosts, no inline code, and nobody frames it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/browser.css">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="/icon.png">
<link rel="apple-touch-icon" href="/app-icon-192.png">
<title>Orchestrate</title>
</head>
<body>
<div id="root"></div>
<script type="module" src="/assets/browser.js"></script>
</body>
</html>
`;

const MANIFEST_PATH = '/manifest.webmanifest';
const WORKER_PATH = '/service-worker.js';

const MANIFEST = JSON.stringify({
  name: 'Orchestrate',
  short_name: 'Orchestrate',
  start_url: '/',
  display: 'standalone',
  background_color: '#1f1b2e',
  theme_color: '#1f1b2e',
  icons: ['192x192', '512x512'].map(sizes => ({
    src: `/app-icon-${sizes.split('x')[0]}.png`,
    ...{ sizes, type: 'image/png', purpose: 'any maskable' },
  })),
});

/** The page and its parts: the same for everybody, so no token is needed. */
export class Pages {
  #names: Promise<ReadonlySet<string>> | undefined;
  readonly #whole: ReadonlySet<string> = new Set(['/', MANIFEST_PATH, WORKER_PATH, ...ICONS.map(name => `/${name}`)]);

  /** Whether the address is one of these. */
  has(path: string): boolean {
    return this.#whole.has(path) || path.startsWith('/assets/');
  }

  async send(path: string, response: ServerResponse): Promise<void> {
    if (path === '/') return send(response, 'text/html; charset=utf-8', PAGE, { 'content-security-policy': POLICY });
    if (path === MANIFEST_PATH) return send(response, 'application/manifest+json', MANIFEST);
    if (ICONS.includes(path.slice(1))) return send(response, 'image/png', await readFile(join(MEDIA, path.slice(1))));
    // It may lead from notices to every page only where it stands above them all.
    if (path === WORKER_PATH) return this.#asset(WORKER_PATH.slice(1), response);
    return this.#asset(path.slice('/assets/'.length), response);
  }

  async #asset(name: string, response: ServerResponse): Promise<void> {
    // Only what the build has made: no path leads anywhere else.
    this.#names ??= readdir(FOLDER).then(
      names => new Set(names),
      () => new Set<string>(),
    );
    const type = TYPES[extname(name)];
    if (type === undefined || !(await this.#names).has(name)) throw new ProblemError('not-found');
    send(response, type, await readFile(join(FOLDER, name)));
  }
}

function send(response: ServerResponse, type: string, body: string | Buffer, more: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache', ...more }).end(body);
}
