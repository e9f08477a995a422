import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';

/** A reading app in a repository of its own, a home for what is configured, and the place where people use the app. */
export interface PipelineWorld {
  workspace: string;
  home: string;
  /** Of every program that is started for it. */
  environment: NodeJS.ProcessEnv;
  /** As the configuration has them. */
  environments: Record<string, object>;
  /** Where the app answers, as it was last deployed. */
  url: string;
  git(...args: string[]): string;
  close(): Promise<void>;
}

const app = join(import.meta.dirname, 'reading-app');

/** Makes all of it in a folder. What is live is served from `production` in it, for as long as this process lives. */
export async function pipelineWorld(folder: string): Promise<PipelineWorld> {
  const at = (name: string) => join(folder, name);
  const [workspace, home, production] = [at('reading-app'), at('home'), at('production')];
  for (const path of [home, production]) await mkdir(path, { recursive: true });
  await cp(app, workspace, { recursive: true });
  const environment = {
    ...process.env,
    ORCHESTRATE_HOME: home,
    NO_COLOR: process.env.NO_COLOR ?? '',
    // Many programs are started one after the other, and all of them read the same files.
    NODE_COMPILE_CACHE: at('compiled'),
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: workspace,
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Eden');
  git('config', 'user.email', 'eden@example.org');
  git('add', '.');
  git('commit', '-qm', 'The reading app');
  const { url, close } = await serve(join(production, 'current'));
  const deploy = `node scripts/deploy.js ${JSON.stringify(production)}`;
  const environments = {
    production: { command: deploy, rollback: deploy, health: `node scripts/health.js ${url}`, healthSeconds: 2 },
  };
  const delivery = { target: 'main', checks: ['node --test'], approval: 'reviewer' };
  await writeFile(join(home, 'config.yaml'), stringify({ delivery, environments }));
  return { workspace, home, environment, environments, url, git, close };
}

/** The app as it was last deployed: each answer is made by what is current then. */
async function serve(current: string) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const answer = await answerOf(current, pathname, searchParams).catch(error => ({
      status: 500,
      text: String(error),
    }));
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function answerOf(
  current: string,
  path: string,
  asked: URLSearchParams,
): Promise<{ status: number; text: string }> {
  const release = await realpath(current).catch(() => undefined);
  if (release === undefined) return { status: 404, text: 'nothing is live' };
  const module = async (name: string) => {
    const file = join(release, 'server', name);
    // A release that is deployed again is another one.
    return import(`${pathToFileURL(file).href}?${(await stat(release)).mtimeMs}`);
  };
  const has = (name: string) =>
    stat(join(release, 'server', name)).then(
      () => true,
      () => false,
    );
  if (path === '/books') return { status: 200, text: JSON.stringify((await module('books.js')).books) };
  if (path === '/progress' && (await has('feature-x.js'))) {
    const { progress } = await module('feature-x.js');
    return { status: 200, text: String(progress(Number(asked.get('page')), Number(asked.get('pages')))) };
  }
  return { status: 404, text: 'there is no such page' };
}
