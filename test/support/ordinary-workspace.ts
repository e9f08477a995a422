import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { plant, type TreeEntry } from './file-tree.ts';

const tools = 'tsc eslint prettier vitest jest mocha playwright tsx ts-node vite next prisma tailwindcss'.split(' ');

/** A project as agents find one: a repository with packages installed, sources, scripts, and nothing secret in its sources. */
export async function ordinaryWorkspace(root: string): Promise<void> {
  const files: Record<string, TreeEntry> = {
    'package.json': '{"name":"app","scripts":{"test":"node --test","build":"node scripts/build.js"}}\n',
    '.gitignore': 'node_modules\ndist\n.env\n',
    '.env': 'KEY=canary\n',
    'index.js': 'console.log(1);\n',
    'server.js': 'console.log(2);\n',
    'script.py': 'print(1)\n',
    'manage.py': 'print(2)\n',
    'scripts/build.js': 'console.log(3);\n',
    'scripts/setup.sh': 'echo setup\n',
    'scripts/a.sh': { program: '#!/bin/sh\necho a\n' },
    'src/a.ts': 'export const a = 1;\n',
    'src/b.ts': 'export const b = 2;\n',
    'src/index.ts': 'export const i = 3;\n',
    ...Object.fromEntries(tools.map(tool => [`node_modules/.bin/${tool}`, { program: `#!/bin/sh\necho ${tool}\n` }])),
  };
  await plant(root, files);
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', root, ...args]);
  await git('init', '-q');
  await git('add', '-A');
}
