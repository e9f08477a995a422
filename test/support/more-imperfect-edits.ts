import type { ImperfectEdit } from './imperfect-edits.ts';

const store = `import { a } from './a';

export class Store {
  private items: string[] = [];

  add(item: string) {
    if (!item) {
      throw new Error("empty");
    }
    this.items.push(item);
  }

  size() {
    return this.items.length;
  }
}
`;
const go =
  'package main\n\nfunc run() error {\n\tif err := start(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n';
const yaml = 'services:\n  web:\n    image: "nginx:1.25"\n    ports:\n      - "80:80"\n  db:\n    image: postgres\n';
const html = '<ul>\n  <li class="a">One &amp; only</li>\n  <li class="b">Two</li>\n</ul>\n';
const notes = '# Notes\n\n- It’s the user’s choice\n- A – B range\n\nCall `run()` first.\n';
const sql = 'SELECT a,\n       b\nFROM t\nWHERE x = 1;\n';
const python = `def load(path):
    with open(path) as f:
        data = f.read()
    return data


def save(path, data):
    with open(path, "w") as f:
        f.write(data)
`;
const twins = python.replace(', "w"', '');

const add = '    if (!item) {\n      throw new Error("empty");\n    }\n    this.items.push(item);';
const addNew = add.replace('new Error', 'new TypeError');
const storeNew = store.replace('new Error', 'new TypeError');
const size = '  size() {\n    return this.items.length;\n  }';
const sizeNew = `${size}\n\n  clear() {\n    this.items = [];\n  }`;
const restart = yaml.replace('postgres\n', 'postgres\n    restart: always\n');
const goGuard = go.replace('\t\treturn err\n', '\t\tif stop {\n\t\t\treturn nil\n\t\t}\n\t\treturn err\n');

const marked = (text: string, mark: (line: string, number: number) => string) =>
  text
    .split('\n')
    .map((line, at) => mark(line, at + 7))
    .join('\n');
const fenced = (text: string, language = '') => `\`\`\`${language}\n${text}\n\`\`\``;
const tabbed = (text: string) => text.replace(/^( {2})+/gm, spaces => '\t'.repeat(spaces.length / 2));
const shifted = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
const dedented = (text: string) => text.replace(/^ {4}/gm, '');

type Told = [name: string, file: string, old: string, by: string, want: string | null];
const kind = (name: string, told: Told[]): ImperfectEdit[] =>
  told.map(([what, file, old, by, want]) => ({ kind: name, name: what, file, old, new: by, want }));
/** Both texts of one edit of the store, told in another way. */
const retold = (name: string, tell: (text: string) => string): Told => [name, store, tell(add), tell(addNew), storeNew];
const oldOnly = (name: string, tell: (text: string) => string): Told => [name, store, tell(add), addNew, storeNew];

/** Others than those that the rules were made with. */
export const MORE_IMPERFECT_EDITS: readonly ImperfectEdit[] = [
  ...kind('copied along', [
    retold('numbers and a bar', text => marked(text, (line, n) => `${n} | ${line}`)),
    retold('numbers and an arrow', text => marked(text, (line, n) => `${String(n).padStart(6)}→${line}`)),
    retold('numbers after an L', text => marked(text, (line, n) => `L${n}: ${line}`)),
    oldOnly('numbers in the old text alone', text => marked(text, (line, n) => `${n}\t${line}`)),
    oldOnly('numbers as cat prints them', text => marked(text, (line, n) => `${String(n).padStart(6)}\t${line}`)),
    oldOnly('numbers of other lines', text => marked(text, (line, n) => `${n + 80}\t${line}`)),
    retold('a fence with a language', text => fenced(text, 'ts')),
    retold('a fence with a path', text => fenced(text, 'src/store.ts')),
    retold('a fence with a title', text => fenced(text, 'ts title="src/store.ts"')),
    oldOnly('a fence around the old text alone', text => fenced(text)),
    oldOnly('a fence around numbers', text => fenced(marked(text, (line, n) => `${n}\t${line}`))),
    oldOnly('the marks of data', text => `<data 0123456789>\n${text}\n</data 0123456789>`),
    oldOnly('the mark of a search', text => `<<<<<<< SEARCH\n${text}`),
    ['search and replace', store, `<<<<<<< SEARCH\n${add}\n=======`, `${addNew}\n>>>>>>> REPLACE`, storeNew],
    ['minus and plus', store, marked(add, line => `-${line}`), marked(addNew, line => `+${line}`), storeNew],
    [
      'a patch with its context',
      store,
      '     if (!item) {\n-      throw new Error("empty");\n     }',
      '     if (!item) {\n+      throw new TypeError("empty");\n     }',
      storeNew,
    ],
  ]),
  ...kind('another indentation', [
    retold('none', dedented),
    retold('more', text => shifted(text, '    ')),
    retold('tabs for spaces', tabbed),
    retold('the first line from its first word on', text => text.trimStart()),
    [
      'spaces for tabs',
      go,
      '    if err := start(); err != nil {\n        return err\n    }',
      '    if err := start(); err != nil {\n        return wrap(err)\n    }',
      go.replace('return err', 'return wrap(err)'),
    ],
    [
      'fewer spaces for tabs, and a block that goes deeper',
      go,
      '  if err := start(); err != nil {\n    return err\n  }',
      '  if err := start(); err != nil {\n    if stop {\n      return nil\n    }\n    return err\n  }',
      goGuard,
    ],
    ['YAML from the left', yaml, 'db:\n  image: postgres', 'db:\n  image: postgres\n  restart: always', restart],
    [
      'YAML too far right',
      yaml,
      '      db:\n        image: postgres',
      '      db:\n        image: postgres\n        restart: always',
      restart,
    ],
    ['aligned columns', sql, 'SELECT a,\n  b\nFROM t', 'SELECT a,\n  c\nFROM t', sql.replace('b\n', 'c\n')],
  ]),
  ...kind('another typography', [
    oldOnly('curly quotes in the old text', text => text.replace('"empty"', '“empty”')),
    oldOnly('a space that does not break', text => text.replace('throw new', 'throw\u00a0new')),
    oldOnly('a space without width', text => text.replace('throw', '\u200bthrow')),
    [
      'straight apostrophes',
      notes,
      "- It's the user's choice",
      "- It's the user's own choice",
      notes.replace('choice', 'own choice'),
    ],
    ['a plain dash', notes, '- A - B range', '- A - C range', notes.replace('B', 'C')],
    ['a minus of mathematics', 'x = a − b\n', 'x = a - b', 'x = a - c', 'x = a − c\n'],
    ['three points', 'say("wait…");\n', 'say("wait...");', 'say("go...");', 'say("go…");\n'],
  ]),
  ...kind('other space', [
    oldOnly('at every line end', text => text.replace(/$/gm, '  ')),
    ['no line break where one is', store, `${size}\n\n`, `${sizeNew}\n\n`, store.replace(size, sizeNew)],
    ['a line break before and after', store, `\n${size}\n`, `\n${sizeNew}\n`, store.replace(size, sizeNew)],
    [
      'a blank line that is not there',
      store,
      '  size() {\n\n    return this.items.length;\n  }',
      sizeNew,
      store.replace(size, sizeNew),
    ],
    ['a tab within a line', 'a\t= 1\n', 'a = 1', 'a = 2', 'a\t= 2\n'],
    retold('line breaks of another system', text => text.replaceAll('\n', '\r\n')),
  ]),
  ...kind('escaped', [
    retold('line breaks', text => text.replaceAll('\n', '\\n')),
    retold('quotes', text => text.replaceAll('"', '\\"')),
    [
      'as in HTML',
      html,
      '  &lt;li class=&quot;b&quot;&gt;Two&lt;/li&gt;',
      '  &lt;li class=&quot;b&quot;&gt;Three&lt;/li&gt;',
      html.replace('Two', 'Three'),
    ],
  ]),
  ...kind('there already', [
    ['what it adds', store.replace(size, sizeNew), `${size}\n}`, `${sizeNew}\n}`, store.replace(size, sizeNew)],
    ['what it changes', storeNew, add, addNew, storeNew],
  ]),
  ...kind('nobody can tell', [
    ['points for what is left out', store, '    if (!item) {\n      ...\n    }', 'x', null],
    ['a comment for what is left out', store, '  add(item: string) {\n    // ... existing code ...\n  }', 'x', null],
    ['the first and the last line', store, '  add(item: string) {\n  }', 'x', null],
    ['two such lines', twins, '    with open(path) as f:', 'x', null],
    ['two such lines without indentation', twins, 'with open(path) as f:', 'x', null],
    ['other letters', store, add.replace('Error', 'error'), addNew, null],
    ['other quotes', yaml, "image: 'nginx:1.25'", "image: 'nginx:1.27'", null],
    ['no semicolon', store, 'this.items.push(item)\n  }', 'this.items.unshift(item)\n  }', null],
    ['the beginning of a longer word, twice', 'const item = 1;\nconst items = 2;\n', 'const item', 'x', null],
  ]),
];
