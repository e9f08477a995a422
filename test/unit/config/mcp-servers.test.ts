import assert from 'node:assert/strict';
import { filledIn, readMcpServers } from '../../../src/core/config/mcp-servers.ts';

/** As it is written in such files. */
const variable = (name: string) => `\${${name}}`;

describe('the MCP servers of a workspace', () => {
  it('are read from the files that people have, with comments and what others keep there', () => {
    const { servers, problems } = readMcpServers({
      '.mcp.json': JSON.stringify({
        mcpServers: {
          git: { command: 'npx', args: ['-y', 'git-mcp'], env: { LEVEL: 3 }, disabled: false },
          far: {
            type: 'http',
            url: 'https://mcp.example.com/mcp',
            headers: { Authorization: `Bearer ${variable('TOKEN')}` },
          },
        },
      }),
      '.vscode/mcp.json': `{
        // What the editor starts
        "inputs": [{ "id": "key", "type": "promptString" }],
        "servers": { "db": { "type": "stdio", "command": "\${workspaceFolder}/db", "cwd": "sub", }, },
      }`,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(servers, {
      db: { command: `${variable('workspaceFolder')}/db`, cwd: 'sub' },
      git: { command: 'npx', args: ['-y', 'git-mcp'], env: { LEVEL: '3' } },
      far: { url: 'https://mcp.example.com/mcp', headers: { Authorization: `Bearer ${variable('TOKEN')}` } },
    });
  });

  it('that cannot be understood are reported by name, and the others are used', () => {
    const { servers, problems } = readMcpServers({
      '.vscode/mcp.json': '{ "servers": { "a": { "command": "one" } } }',
      '.mcp.json': JSON.stringify({
        mcpServers: {
          a: { command: 'other' },
          odd: { args: ['x'] },
          file: { command: 'x', envFile: '.env' },
          old: { type: 'sse', url: 'http://127.0.0.1/sse' },
          local: { url: 'file:///etc/passwd' },
          none: null,
          'line\nbreak': { command: 'x' },
          constructor: { command: 'fine' },
        },
      }),
    });
    assert.deepEqual(servers, { a: { command: 'one' }, constructor: { command: 'fine' } });
    assert.deepEqual(
      problems.map(({ severity, message }) => [severity, /^mcpServers\.([\s\S]+?): /.exec(message)?.[1]]),
      ['a', 'odd', 'file', 'old', 'local', 'none', 'line\nbreak'].map(name => ['warning', name]),
    );
    const broken = readMcpServers({ '.mcp.json': '{ "mcpServers": ', '.vscode/mcp.json': '{ "servers": [] }' });
    assert.deepEqual(broken.servers, {});
    assert.match(broken.problems[0]?.message ?? '', /no JSON/);
    assert.deepEqual(readMcpServers({ '.mcp.json': 'null', '.vscode/mcp.json': '[1]' }).servers, {});
  });

  it('get what only this machine knows, and say what is missing', () => {
    const surroundings = { folder: '/w', environment: { TOKEN: 'secret-1', EMPTY: '' } };
    const { server, taken, missing } = filledIn(
      {
        command: `${variable('workspaceFolder')}/run`,
        args: [variable('TOKEN'), variable('env:TOKEN'), variable('NOT:-usual'), '$HOME', variable('EMPTY')],
        env: { KEY: variable('input:key'), OTHER: variable('env:GONE') },
      },
      surroundings,
    );
    assert.deepEqual(server, {
      command: '/w/run',
      args: ['secret-1', 'secret-1', 'usual', '$HOME', ''],
      env: { KEY: variable('input:key'), OTHER: variable('env:GONE') },
      cwd: undefined,
    });
    assert.deepEqual(taken, ['secret-1', 'secret-1', '']);
    assert.deepEqual(missing, ['the input "key", for which only the editor asks', 'the variable GONE']);
  });
});
