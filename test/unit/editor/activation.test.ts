import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/host/paths.ts';
import type { Report } from '../../support/activation/run.ts';

/** All that activation may load, our own files included; raise it knowingly. */
const mostModules = 95;

describe('activating the built extension', function () {
  this.timeout(60_000);
  let report: Report;
  /** The source files inside the bundles that activation has loaded. */
  let modules: string[];

  before(async () => {
    const dist = join(root, 'out', 'activation');
    const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });
    await node(join('scripts', 'build.ts'), '--outdir', dist);
    const { stdout } = await node(join('test', 'support', 'activation', 'run.ts'), dist);
    report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
    const meta = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, unknown> }>;
    };
    modules = report.atActivation.flatMap(file => Object.keys(meta.outputs[`out/activation/${file}`]?.inputs ?? {}));
  });

  it('loads its own entry and little else', () => {
    assert.ok(report.atActivation.includes('extension.js'));
    assert.ok(modules.includes('src/extension.ts'));
    assert.ok(modules.length <= mostModules, `${modules.length} modules:\n${modules.join('\n')}`);
  });

  it('loads no vendor SDK, no schema and nothing else from node_modules', () => {
    assert.deepEqual(
      modules.filter(file => file.includes('node_modules/')),
      [],
    );
    assert.deepEqual(
      modules.filter(file =>
        /^src\/(protocol\/(?!show|model-ref|flowing|tokens)|providers|rehearsal|runtime)\//.test(file),
      ),
      [],
    );
  });

  it('leaves nothing undisposed when it is deactivated', () => {
    assert.ok(report.aliveWhenActive > 5, 'the stand-in has counted what was made');
    assert.ok(report.aliveAfterUse > report.aliveWhenActive, 'the dashboard was opened');
    assert.deepEqual(report.left, []);
  });
});
