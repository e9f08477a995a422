import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/host/paths.ts';
import { lines, oneLine } from '../../../src/core/plain.ts';
import { code, commandLink, md, ours, paragraphs } from '../../../src/editor/plain/markdown.ts';
import { plain } from '../../../src/editor/plain/text.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

/** As VS Code 1.139 finds links in notifications and input boxes. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
const seen = (text: string) => text.replaceAll('\u2060', '');

describe('Texts of others, shown in the editor', () => {
  const words = [
    '[Allow](command:workbench.action.quit)',
    '[Allow](command:workbench.action.quit "Safe")',
    '[a]\n(command:x)',
    '[a](b)[c](https://evil.example)[d](FILE:///etc/passwd)',
    '[a]\u001b[0m(command:x)',
    '[a]\u202e(command:x)',
    '[a]\u0000(command:x)',
    '$(shield) safe',
    '$\u200e(shield)',
  ];
  it('hold no links and no icons in notifications, lists and input boxes, and read the same', () => {
    for (const text of words) {
      const shown = plain(text);
      assert.doesNotMatch(shown, LINK, text);
      assert.doesNotMatch(shown, /\$\(/, text);
      assert.equal(seen(shown), lines(text), text);
    }
  });

  it('are neither links nor markup in Markdown, whatever they hold', () => {
    const hostile =
      '<command:x> [a](command:x) https://evil.example www.evil.example a@b.example `x` **x** $(shield) ![i](x)';
    const { value } = md`**${hostile}**`;
    // Every character that could mean something is escaped, or stands apart from what it would mean something with.
    assert.doesNotMatch(value.slice(2, -2), /(?<!\\)[!-/:-@[-`{-~](?<!\\)/);
    assert.equal(seen(value.slice(2, -2).replaceAll('\\', '')), hostile);
  });

  it('keep their lines in comments and lose them elsewhere', () => {
    assert.equal(paragraphs('# One\r\ntwo\u2028three').value, '\\# One\n\ntwo\n\nthree');
    assert.equal(md`- ${'a\n- b'}`.value, '- a \\- b');
    assert.equal(code('a`b`\n$(x)').value, '`aˋbˋ $\u2060(x)`');
  });

  it('stand beside Markdown of ours', () => {
    assert.equal(md`${ours('$(check)')} ${'*'} ${md`_${'_'}_`} ${3}`.value, '$(check) \\* _\\__ 3');
    const { value } = commandLink('A]c', 'orchestrate.x', '["(a)"]');
    assert.equal(value, '[A\\]c](command:orchestrate.x?%5B%22%28a%29%22%5D)');
  });

  it('steer no terminal either', () => {
    assert.equal(
      oneLine('a\u001b[31mb\u001b]0;title\u0007c\r\nd\u0000e\u009b2Jf\u001b]52;c;Zm9v\u001b\\g'),
      'abc d efg',
    );
    assert.equal(lines('a\r\nb\rc\td\u001b]8;;http://evil\u0007x\u001b]8;;\u0007'), 'a\nb\nc\tdx');
    assert.equal(oneLine('\u001b[\u001b]\u009d\u0090unfinished'), ' [ ] unfinished');
    assert.equal(oneLine('\u202eabc\u2066d\u{e0041}'), 'abcd');
    assert.equal(oneLine('👩\u200d💻 naïve'), '👩\u200d💻 naïve');
  });

  it('take no longer than they are long', () => {
    const start = performance.now();
    for (const part of ['\u009d', '\u001b]', '\u001b[;', '\u0090a']) oneLine(part.repeat(200_000));
    assert.ok(performance.now() - start < 2000);
  });

  it('reach the window in no other way: a lint rule says no to each', async () => {
    const raw = [
      `import * as vscode from 'vscode';\n\nexport const it = () => vscode.window.showInformationMessage('x');\n`,
      `import * as vscode from 'vscode';\n\nexport const it = () => vscode.window.createInputBox();\n`,
      `import * as vscode from 'vscode';\n\nexport const it = () => vscode.window['showErrorMessage']('x');\n`,
      `import * as vscode from 'vscode';\n\nconst { showQuickPick } = vscode.window;\nexport const it = showQuickPick;\n`,
      `import * as vscode from 'vscode';\n\nconst { window } = vscode;\nexport const it = window;\n`,
      `import { MarkdownString } from 'vscode';\n\nexport const it = MarkdownString;\n`,
      `import * as vscode from 'vscode';\n\nexport const it = new vscode.MarkdownString('x');\n`,
      `import type * as vscode from 'vscode';\n\nexport const it = (stream: vscode.ChatResponseStream) => stream.markdown('x');\n`,
      `import type * as vscode from 'vscode';\n\nexport const it = (stream: vscode.ChatResponseStream) => stream.progress('x');\n`,
    ];
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'));
    await inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'src', 'editor'), { recursive: true });
      await cp(join(root, 'scripts', 'lint'), join(folder, 'scripts', 'lint'), { recursive: true });
      await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: undefined }));
      for (const [i, text] of raw.entries()) await writeFile(join(folder, 'src', 'editor', `raw-${i}.ts`), text);
      const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
      const args = [biome, 'lint', '--max-diagnostics=100', '--reporter=github', '.'];
      const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      const found = stdout.split('\n').filter(line => line.includes('src/editor/plain'));
      const missed = raw.filter((_, i) => !found.some(line => line.includes(`raw-${i}.ts`)));
      assert.deepEqual(missed, []);
    });
  }).timeout(60_000);
});
