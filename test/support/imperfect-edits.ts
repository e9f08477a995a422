/** An edit as models get it slightly wrong, and the file that it was meant to make; `null`: it could mean more than one. */
export interface ImperfectEdit {
  kind: string;
  name: string;
  file: string;
  old: string;
  new: string;
  all?: boolean;
  want: string | null;
}

const two = `export function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}

export function count(items) {
  return items.length;
}
`;
const tabs = two.replace(/^( {2})+/gm, spaces => '\t'.repeat(spaces.length / 2));
const four = two.replace(/^( {2})+/gm, spaces => spaces.repeat(2));
const python = `class Shop:
    def open(self):
        if self.ready:
            self.start()
        return True

    def close(self):
        self.stop()
        return False
`;
const prose = `# Guide

It’s “simple” — really… just run it.

Use the tool’s options.
`;
const comments = `\t/**
\t * Adds one.
\t * @param n a number
\t */
\tadd(n) {
\t\treturn n + 1;
\t}
`;
const twins = `function a() {
  start();
  return 1;
}

function b() {
    start();
    return 1;
}
`;
const markdown = '# Title\n\n```js\nrun();\n```\n\nSome text.\n';
const body = '  for (const item of items) {\n    sum += item.price;\n  }';
const bodyNew = '  for (const item of items) {\n    if (item.free) continue;\n    sum += item.price;\n  }';
const twoNew = two.replace(body, bodyNew);
const tabsNew = tabs.replace('\t\tsum', '\t\tif (item.free) continue;\n\t\tsum');
const fourNew = four.replace('        sum', '        if (item.free) continue;\n        sum');
const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
const dedent = (text: string, by: number) => text.replace(new RegExp(`^ {${by}}`, 'gm'), '');
const numbered = (text: string, from: number, mark: string, width = 0) =>
  text
    .split('\n')
    .map((line, index) => `${String(from + index).padStart(width)}${mark}${line}`)
    .join('\n');

type Case = Omit<ImperfectEdit, 'kind'>;
const kind = (name: string, cases: Case[]): ImperfectEdit[] => cases.map(one => ({ kind: name, ...one }));

export const IMPERFECT_EDITS: readonly ImperfectEdit[] = [
  ...kind('trailing space', [
    { name: 'the model adds some', file: two, old: body.replace('{', '{  '), new: bodyNew, want: twoNew },
    {
      name: 'the file has some',
      file: two.replace('price;', 'price;   '),
      old: body,
      new: bodyNew,
      want: twoNew.replace('price;', 'price;   '),
    },
    { name: 'a tab at the end', file: two, old: `${body}\t`, new: bodyNew, want: twoNew },
    {
      name: 'on an empty line',
      file: two.replace('}\n\nexport', '}\n  \nexport'),
      old: '}\n\nexport function count(',
      new: '}\n\nexport function size(',
      want: two.replace('}\n\nexport', '}\n  \nexport').replace('count(', 'size('),
    },
    {
      name: 'hard line breaks of Markdown stay',
      file: 'one  \ntwo\nthree\n',
      old: 'one\ntwo\n',
      new: 'one\n2\n',
      want: 'one  \n2\nthree\n',
    },
    {
      name: 'a line feed that the end of the file lacks',
      file: 'a\nlast',
      old: 'last\n',
      new: 'end\n',
      want: 'a\nend',
    },
    { name: 'empty lines around it', file: two, old: `\n${body}\n\n`, new: `\n${bodyNew}\n\n`, want: twoNew },
    {
      name: 'at two places',
      file: 'x = 1;\ny = 2;\nx = 1;\ny = 2;\n',
      old: 'x = 1; \ny = 2;',
      new: 'x = 3;',
      want: null,
    },
    {
      name: 'carriage returns',
      file: two,
      old: body.replaceAll('\n', '\r\n'),
      new: bodyNew.replaceAll('\n', '\r\n'),
      want: twoNew,
    },
  ]),
  ...kind('typography', [
    {
      name: 'plain quotes for curly ones',
      file: prose,
      old: 'It\'s "simple" - really... just run it.',
      new: 'It\'s "simple" - really... just call it.',
      want: prose.replace('just run', 'just call'),
    },
    {
      name: 'curly quotes for plain ones',
      file: "const a = 'x';\nconst b = 'y';\n",
      old: 'const a = ‘x’;',
      new: 'const a = ‘z’;',
      want: "const a = 'z';\nconst b = 'y';\n",
    },
    {
      name: 'curly quotes in new lines too',
      file: "const a = 'x';\nconst b = 'y';\n",
      old: 'const a = ‘x’;',
      new: 'const a = ‘x’;\nconst c = ‘w’;',
      want: "const a = 'x';\nconst c = 'w';\nconst b = 'y';\n",
    },
    {
      name: 'an apostrophe',
      file: prose,
      old: "Use the tool's options.",
      new: "Use the tool's flags.",
      want: prose.replace('options', 'flags'),
    },
    { name: 'an en dash', file: 'pages 1-9\n', old: 'pages 1–9', new: 'pages 1–10', want: 'pages 1-10\n' },
    {
      name: 'a no-break space',
      file: 'width: 10 px;\n',
      old: 'width: 10\u00a0px;',
      new: 'width: 12\u00a0px;',
      want: 'width: 12 px;\n',
    },
    {
      name: 'a no-break space in the file',
      file: 'width: 10\u00a0px;\n',
      old: 'width: 10 px;',
      new: 'width: 12 px;',
      want: 'width: 12\u00a0px;\n',
    },
    {
      name: 'an invisible space',
      file: 'let name = 1;\n',
      old: 'let\u200b name = 1;',
      new: 'let name = 2;',
      want: 'let name = 2;\n',
    },
    {
      name: 'indentation of no-break spaces',
      file: two,
      old: body.replace(/^ +/gm, spaces => '\u00a0'.repeat(spaces.length)),
      new: bodyNew.replace(/^ +/gm, spaces => '\u00a0'.repeat(spaces.length)),
      want: twoNew,
    },
    { name: 'at two places', file: 'say(“a”)\nsay(‟a‟)\n', old: 'say("a")', new: 'say("b")', want: null },
    { name: 'an ellipsis is not three places', file: 'wait…\n', old: 'wait..', new: 'go..', want: null },
  ]),
  ...kind('indentation', [
    { name: 'all of it too deep', file: two, old: indent(body, '    '), new: indent(bodyNew, '    '), want: twoNew },
    {
      name: 'all of it too shallow',
      file: two,
      old: `${dedent(body, 2)}\nreturn sum;`,
      new: `${dedent(bodyNew, 2)}\nreturn sum;`,
      want: twoNew,
    },
    { name: 'spaces for tabs', file: tabs, old: body, new: bodyNew, want: tabsNew },
    {
      name: 'four spaces for tabs',
      file: tabs,
      old: indent('', '') + body.replace(/^( {2})+/gm, spaces => spaces.repeat(2)),
      new: bodyNew.replace(/^( {2})+/gm, spaces => spaces.repeat(2)),
      want: tabsNew,
    },
    {
      name: 'tabs for spaces',
      file: two,
      old: body.replace(/^( {2})+/gm, spaces => '\t'.repeat(spaces.length / 2)),
      new: bodyNew.replace(/^( {2})+/gm, spaces => '\t'.repeat(spaces.length / 2)),
      want: twoNew,
    },
    { name: 'two for four', file: four, old: body, new: bodyNew, want: fourNew },
    {
      name: 'four for two',
      file: two,
      old: body.replace(/^( {2})+/gm, spaces => spaces.repeat(2)),
      new: bodyNew.replace(/^( {2})+/gm, spaces => spaces.repeat(2)),
      want: twoNew,
    },
    {
      name: 'none at all in Python',
      file: python,
      old: 'if self.ready:\n    self.start()\nreturn True',
      new: 'if self.ready:\n    self.start()\n    self.log()\nreturn True',
      want: python.replace('self.start()', 'self.start()\n            self.log()'),
    },
    {
      name: 'one line of spaces for a tab, and a deeper one',
      file: tabs,
      old: '  return items.length;',
      new: '  if (items) {\n    return items.length;\n  }',
      want: tabs.replace('\treturn items.length;', '\tif (items) {\n\t\treturn items.length;\n\t}'),
    },
    {
      name: 'a comment block in a file of tabs',
      file: comments,
      old: '    /**\n     * Adds one.\n     * @param n a number',
      new: '    /**\n     * Adds one to it.\n     * @param n a number',
      want: comments.replace('one.', 'one to it.'),
    },
    {
      name: 'the first line from its first word, the rest too deep',
      file: two,
      old: 'for (const item of items) {\n        sum += item.price;\n      }',
      new: 'for (const item of items) {\n        sum += item.cost;\n      }',
      want: two.replace('price', 'cost'),
    },
    {
      name: 'a single line, too deep',
      file: two,
      old: '        sum += item.price;',
      new: '        sum += item.cost;',
      want: two.replace('price', 'cost'),
    },
    {
      name: 'a single line, too shallow, and two new ones',
      file: two,
      old: '  sum += item.price;',
      new: '  sum += item.price;\n  seen++;',
      want: two.replace('price;', 'price;\n    seen++;'),
    },
    {
      name: 'deleting a block that is too deep',
      file: two,
      old: `${indent(body, '  ')}\n`,
      new: '',
      want: two.replace(`${body}\n`, ''),
    },
    {
      name: 'at two places of different depth',
      file: twins,
      old: '      start();\n      return 1;',
      new: '      return 2;',
      want: null,
    },
    {
      name: 'not one shift but two',
      file: two,
      old: 'for (const item of items) {\n sum += item.price;\n    }',
      new: 'x',
      want: null,
    },
    {
      name: 'a new line that the shift cannot carry',
      file: 'a {\n  b\n}\n',
      old: '      b',
      new: '      b\n c',
      want: null,
    },
  ]),
  ...kind('copied along', [
    {
      name: 'line numbers with a colon',
      file: two,
      old: numbered(body, 3, ': '),
      new: numbered(bodyNew, 3, ': '),
      want: twoNew,
    },
    { name: 'line numbers with a tab', file: two, old: numbered(body, 3, '\t', 6), new: bodyNew, want: twoNew },
    {
      name: 'line numbers with a bar',
      file: two,
      old: numbered(body, 3, ' | ', 3),
      new: numbered(bodyNew, 3, ' | ', 3),
      want: twoNew,
    },
    {
      name: 'line numbers with an arrow',
      file: two,
      old: numbered(body, 3, '→', 5),
      new: numbered(bodyNew, 3, '→', 5),
      want: twoNew,
    },
    {
      name: 'a hit of the search',
      file: two,
      old: 'src/total.js:4:     sum += item.price;',
      new: '    sum += item.cost;',
      want: two.replace('price', 'cost'),
    },
    {
      name: 'numbers and spaces, right ones',
      file: two,
      old: numbered(body, 3, ' '),
      new: numbered(bodyNew, 3, ' '),
      want: twoNew,
    },
    {
      name: 'numbers and spaces that are not line numbers',
      file: 'Install\nRun\n',
      old: '7 Install\n8 Run',
      new: '7 Install',
      want: null,
    },
    {
      name: 'a code fence',
      file: two,
      old: `\`\`\`ts\n${body}\n\`\`\``,
      new: `\`\`\`ts\n${bodyNew}\n\`\`\``,
      want: twoNew,
    },
    { name: 'a code fence around the old only', file: two, old: `\`\`\`\n${body}\n\`\`\``, new: bodyNew, want: twoNew },
    {
      name: 'a fence that belongs to the file',
      file: markdown,
      old: '```js\nrun();\n```',
      new: '```js\nstop();\n```',
      want: markdown.replace('run', 'stop'),
    },
    {
      name: 'data marks',
      file: two,
      old: `<data 0a1b2c3d4e>\n${body}\n</data 0a1b2c3d4e>`,
      new: bodyNew,
      want: twoNew,
    },
    {
      name: 'data marks, numbers and too deep',
      file: two,
      old: `<data 0a1b2c3d4e>\n${numbered(indent(body, '  '), 3, ': ')}\n</data 0a1b2c3d4e>`,
      new: numbered(indent(bodyNew, '  '), 3, ': '),
      want: twoNew,
    },
    {
      name: 'the marks of a patch',
      file: two,
      old: '-  let sum = 0;',
      new: '+  let sum = 1;',
      want: two.replace('= 0', '= 1'),
    },
    {
      name: 'line feeds written as two characters',
      file: two,
      old: body.replaceAll('\n', '\\n'),
      new: bodyNew.replaceAll('\n', '\\n'),
      want: twoNew,
    },
    {
      name: 'escaped quotes',
      file: 'say("hi");\nsay("ho");\n',
      old: 'say(\\"hi\\");',
      new: 'say(\\"hey\\");',
      want: 'say("hey");\nsay("ho");\n',
    },
    {
      name: 'entities',
      file: 'if (a < b && c) go();\n',
      old: 'if (a &lt; b &amp;&amp; c) go();',
      new: 'if (a &lt; b) go();',
      want: 'if (a < b) go();\n',
    },
    {
      name: 'numbers, at two places',
      file: 'a();\nb();\na();\nb();\n',
      old: '1: a();\n2: b();',
      new: '1: c();',
      want: null,
    },
  ]),
  ...kind('there already', [
    {
      name: 'the same change again',
      file: twoNew,
      old: `sum = 0;\n${body}`,
      new: `sum = 0;\n${bodyNew}`,
      want: twoNew,
    },
    {
      name: 'lines that were added after it',
      file: 'import a;\nimport b;\n\nrun();\n',
      old: 'import a;',
      new: 'import a;\nimport b;',
      want: 'import a;\nimport b;\n\nrun();\n',
    },
    {
      name: 'lines that were added before it',
      file: 'import a;\nimport b;\n\nrun();\n',
      old: 'import b;\n',
      new: 'import a;\nimport b;\n',
      want: 'import a;\nimport b;\n\nrun();\n',
    },
    { name: 'a line renamed before', file: two, old: '  return items.size;', new: '  return items.length;', want: two },
    {
      name: 'with another indentation',
      file: two,
      old: '      return items.size;',
      new: '      return items.length;',
      want: two,
    },
  ]),
  ...kind('not meant anywhere', [
    {
      name: 'only first and last line are right',
      file: two,
      old: 'export function total(items) {\n  return items.reduce(add);\n}',
      new: '',
      want: null,
    },
    {
      name: 'lines left out with dots',
      file: two,
      old: 'export function total(items) {\n  ...\n  return sum;',
      new: 'x',
      want: null,
    },
    { name: 'another word', file: two, old: '    sum += item.cost;', new: '    sum += item.tax;', want: null },
    {
      name: 'lines in another order',
      file: two,
      old: '    sum += item.price;\n  for (const item of items) {',
      new: 'x',
      want: null,
    },
    { name: 'quotes of the other kind', file: "a('x');\n", old: 'a("x");', new: 'a("y");', want: null },
    { name: 'an overlap', file: '}\n}\n}\n', old: '}\n}\n', new: 'x\n', want: null },
    {
      name: 'once in two files deep, twice here',
      file: 'return 1;\n  return 1;\n',
      old: '    return 1;',
      new: 'return 2;',
      want: null,
    },
    {
      name: 'a value that another one begins with',
      file: 'a:\n  x = 10\n',
      old: '      x = 1',
      new: '      x = 2',
      want: null,
    },
    { name: 'the end of another word', file: 'say(“a”, tab);\n', old: '"a", t', new: '"b", t', want: null },
    {
      name: 'an entry of a list that another kind of line resembles',
      file: '- id: 1\n  name: x\n',
      old: '- name: x',
      new: '- name: y',
      want: null,
    },
    { name: 'a key that is a number', file: 'ports:\n  web\n', old: '80: web', new: '80: api', want: null },
    { name: 'upper case', file: two, old: 'LET SUM = 0;', new: 'let sum = 1;', want: null },
  ]),
  ...kind('spacing', [
    {
      name: 'an empty line left out',
      file: two,
      old: '  return sum;\n}\nexport function count(items) {',
      new: '  return sum;\n}\nexport function size(items) {',
      want: two.replace('\n\nexport function count', '\nexport function size'),
    },
    {
      name: 'aligned columns',
      file: 'a   = 1\nbcd = 2\n',
      old: 'a = 1\nbcd = 2',
      new: 'a = 1\nbcd = 3',
      want: 'a   = 1\nbcd = 3\n',
    },
  ]),
  ...kind('each of them', [
    {
      name: 'all places, with trailing space',
      file: 'go(); \nx\ngo();\n',
      old: 'go();\t',
      new: 'stop();',
      all: true,
      want: 'stop();\nx\nstop();\n',
    },
    {
      name: 'all places, each with its own indentation',
      file: twins,
      old: '      start();\n      return 1;',
      new: '      start();\n      return 2;',
      all: true,
      want: twins.replaceAll('return 1', 'return 2'),
    },
  ]),
];
