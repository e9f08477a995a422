import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { figuresOf } from '../../scripts/figures/figures.ts';

const tree = {
  'src/a/one.ts':
    "import { two } from '../b/two.ts';\nexport const one = two as number;\nexport const alone = [1] as const;\n",
  'src/b/two.ts': "import type { Kind } from './kind.ts';\nexport const two: Kind = 2;\n",
  'src/b/kind.ts': "import type { alone } from '../a/one.ts';\nexport type Kind = 2 | typeof alone;\n",
  'src/main.ts': "import { one } from './a/one.ts';\nimport * as b from './b/two.ts';\nvoid one;\nvoid b;\n",
  'test/one.test.ts': '// one\n// two\n',
};

describe('the figures of the code', () => {
  let root: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'orchestrate-figures-'));
    for (const [path, text] of Object.entries(tree)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  });
  after(() => rm(root, { recursive: true }));

  it('count files, lines, exports with one user, casts, and cycles with and without types', () => {
    assert.deepEqual(figuresOf(root), {
      files: 4,
      lines: 11,
      srcLines: 11,
      median: 3,
      p90: 4,
      exports: 4,
      usedOnce: 3,
      widest: [
        { file: 'src/main.ts', imports: 2 },
        { file: 'src/a/one.ts', imports: 1 },
        { file: 'src/b/kind.ts', imports: 1 },
      ],
      fileCycles: 0,
      fileCyclesWithTypes: 1,
      folderCycles: [['src/a', 'src/b']],
      casts: 1000 / 11,
      testLines: 2,
    });
  });
});
