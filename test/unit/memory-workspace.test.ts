import assert from 'node:assert/strict';
import { MemoryAgentFiles, MemoryWorkspace, sha256 } from '../support/memory-workspace.ts';

describe('the workspace in memory', () => {
  it('resolves paths inside and refuses those outside, protected or secret', async () => {
    const files = new MemoryWorkspace();
    const reason = async (path: string) => {
      const resolved = await files.resolve(path, 'read');
      return resolved.ok ? resolved.path : resolved.reason;
    };
    assert.equal(await reason('./src/../a.ts'), 'a.ts');
    assert.equal(await reason('/workspace/src/a.ts'), 'src/a.ts');
    assert.equal(await reason('../a.ts'), 'outside-workspace');
    assert.equal(await reason('/etc/passwd'), 'outside-workspace');
    assert.equal(await reason('.git/config'), 'protected');
    assert.equal(await reason('config/.env'), 'secret-file');
  });

  it('lists by glob, in order, and says when there is more', async () => {
    const files = new MemoryWorkspace({ 'src/b.ts': 'b', 'src/a.ts': 'a', 'README.md': 'r' });
    const listed = await files.list({ globs: ['src/**'], limit: 1 });
    assert.deepEqual(listed, { files: [{ path: 'src/a.ts', bytes: 1 }], more: true });
  });

  it('finds lines by text or pattern', async () => {
    const files = new MemoryWorkspace({ 'a.ts': 'one\nTwo\n', 'b.ts': 'two' });
    const found = await files.search({ pattern: 'tw.', regex: true, limit: 10 });
    assert.deepEqual(
      found.hits.map(hit => `${hit.path}:${hit.line}`),
      ['a.ts:2', 'b.ts:1'],
    );
  });

  it('writes for an agent only over the version that was seen', async () => {
    const files = new MemoryWorkspace({ 'a.ts': 'old' });
    const agentFiles = new MemoryAgentFiles(files);
    const author = { agent: 'a1' };
    const stale = await agentFiles.write({ path: 'a.ts', content: 'new', author, seen: null });
    assert.deepEqual(stale, { ok: false, reason: 'changed-since-read', actual: sha256('old') });
    const seen = (await agentFiles.read('a.ts'))?.hash ?? null;
    assert.equal((await agentFiles.write({ path: 'a.ts', content: 'new', author, seen })).ok, true);
    assert.equal(files.text('a.ts'), 'new');
  });
});
