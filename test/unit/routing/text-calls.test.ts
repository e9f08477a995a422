import assert from 'node:assert/strict';
import { readTextCalls } from '../../../src/core/routing/text-calls/read.ts';

const tools = new Set(['read_file', 'write_file', 'search', 'finish_task']);

function read(text: string) {
  let ids = 0;
  const message = readTextCalls(
    { role: 'assistant', parts: [{ type: 'text', text }] },
    tools,
    kind => `${kind}-${++ids}`,
  );
  return message?.parts.map(part =>
    part.type === 'tool-call' ? { [part.name]: part.args } : part.type === 'text' ? part.text : part.type,
  );
}

const one = [{ read_file: { path: 'a.ts', from: 3 } }];
const json = '{"name": "read_file", "arguments": {"path": "a.ts", "from": 3}}';

/** One call, as each family of models writes it. */
const WRITTEN: Record<string, string> = {
  'Hermes and Qwen': `<tool_call>\n${json}\n</tool_call>`,
  'Hermes without an end': `<tool_call>\n${json}`,
  Granite: `<|tool_call|>[${json}]`,
  Phi: `<|tool_call|>[${json}]<|/tool_call|>`,
  'Llama 3.1': '<|python_tag|>{"name": "read_file", "parameters": {"path": "a.ts", "from": 3}}<|eom_id|>',
  'Llama 3.1, own functions': '<function=read_file>{"path": "a.ts", "from": 3}</function>',
  'Llama 3.2': '[read_file(path="a.ts", from=3)]',
  'Llama without marks':
    '{"type": "function", "function": {"name": "read_file", "parameters": {"path": "a.ts", "from": 3}}}',
  'Mistral, a list': `[TOOL_CALLS] [${json}]`,
  'Mistral, newer': '[TOOL_CALLS]read_file[ARGS]{"path": "a.ts", "from": 3}',
  'Mistral, with an id': '[TOOL_CALLS]read_file[CALL_ID]abc123xyz[ARGS]{"path": "a.ts", "from": 3}',
  'DeepSeek R1':
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>read_file\n```json\n{"path": "a.ts", "from": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  'DeepSeek V3.1':
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read_file<｜tool▁sep｜>{"path": "a.ts", "from": 3}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  Kimi: '<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>{"path": "a.ts", "from": 3}<|tool_call_end|><|tool_calls_section_end|>',
  'gpt-oss':
    '<|channel|>commentary to=functions.read_file <|constrain|>json<|message|>{"path": "a.ts", "from": 3}<|call|>',
  'Gemma 3': '```tool_code\nprint(default_api.read_file(path="a.ts", from=3))\n```',
  FunctionGemma: '<start_function_call>call:read_file{"path": "a.ts", "from": 3}<end_function_call>',
  'FunctionGemma, its own quotes':
    '<start_function_call>call:read_file{path:<escape>a.ts<escape>,from:3}<end_function_call>',
  'Llama 3.1, as a method': '<|python_tag|>read_file.call(path="a.ts", from=3)<|eom_id|>',
  'DeepSeek with plain bars':
    '<|tool▁calls▁begin|><|tool▁call▁begin|>function<|tool▁sep|>read_file\n```json\n{"path": "a.ts", "from": 3}\n```<|tool▁call▁end|><|tool▁calls▁end|>',
  'gpt-oss, the tool first':
    '<|start|>assistant to=functions.read_file<|channel|>commentary json<|message|>{"path": "a.ts", "from": 3}<|call|>',
  'Phi 4 mini': `functools[${json}]`,
  'Command R7B': `<|START_ACTION|>[${json}]<|END_ACTION|>`,
  InternLM: `<|action_start|><|plugin|>\n${json}<|action_end|>`,
  'OLMo 3': '<function_calls>\nread_file(path="a.ts", from=3)\n</function_calls>',
  LFM2: '<|tool_call_start|>[read_file(path="a.ts", from=3)]<|tool_call_end|>',
  Nemotron: `<TOOLCALL>[${json}]</TOOLCALL>`,
  Apertus: '<|tools_prefix|>[{"read_file": {"path": "a.ts", "from": 3}}]<|tools_suffix|>',
  Glaive: `<functioncall> {"name": "read_file", "arguments": '{"path": "a.ts", "from": 3}'}`,
  'a tag of another name': `<tool_use>\n${json}\n</tool_use>`,
  'the name as a key': '{"read_file": {"path": "a.ts", "from": 3}}',
  'arguments beside the name': '```json\n{"tool": "read_file", "path": "a.ts", "from": 3}\n```',
  'one bracket too many': `<tool_call>\n${json}}\n</tool_call>`,
  'one bracket too few': `<tool_call>\n${json.slice(0, -1)}\n</tool_call>`,
  'a line of Python': 'read_file(path="a.ts", from=3)',
  'LM Studio': `[TOOL_REQUEST]${json}[END_TOOL_REQUEST]`,
  ReAct: 'Action: read_file\nAction Input: {"path": "a.ts", "from": 3}',
  'a fence': `\`\`\`json\n${json}\n\`\`\``,
  'a fence without a language': `\`\`\`\n${json}\n\`\`\``,
  'nothing around it': json,
  'another word for name': '{"tool": "read_file", "args": {"path": "a.ts", "from": 3}}',
  'arguments as text': '{"name": "read_file", "arguments": "{\\"path\\": \\"a.ts\\", \\"from\\": 3}"}',
  'single quotes': "<tool_call>{'name': 'read_file', 'arguments': {'path': 'a.ts', 'from': 3}}</tool_call>",
  'thoughts before it': `<think>I could use {"name": "search"}</think>\n<tool_call>${json}</tool_call>`,
};

/** Where every value is text, the tool's own reading makes numbers of them. */
const AS_TEXT: Record<string, string> = {
  'Qwen-Coder':
    '<tool_call>\n<function=read_file>\n<parameter=path>\na.ts\n</parameter>\n<parameter=from>\n3\n</parameter>\n</function>\n</tool_call>',
  'Qwen-Coder without the outer mark':
    '<function=read_file>\n<parameter=path>a.ts</parameter>\n<parameter=from>3</parameter>\n</function>',
  'GLM 4.6':
    '<tool_call>read_file<arg_key>path</arg_key><arg_value>a.ts</arg_value><arg_key>from</arg_key><arg_value>3</arg_value></tool_call>',
  'Seed-OSS':
    '<seed:tool_call>\n<function=read_file>\n<parameter=path>a.ts</parameter>\n<parameter=from>3</parameter>\n</function>\n</seed:tool_call>',
  MiniMax:
    '<minimax:tool_call>\n<invoke name="read_file">\n<parameter name="path">a.ts</parameter>\n<parameter name="from">3</parameter>\n</invoke>\n</minimax:tool_call>',
  'a tag with its name': '<tool name="read_file"><path>a.ts</path><from>3</from></tool>',
  GLM: '<tool_call>read_file\n<arg_key>path</arg_key>\n<arg_value>a.ts</arg_value>\n<arg_key>from</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
  'tags with names':
    '<function_calls><invoke name="read_file"><parameter name="path">a.ts</parameter><parameter name="from">3</parameter></invoke></function_calls>',
  'DeepSeek V3.2':
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="read_file">\n<｜DSML｜parameter name="path" string="true">a.ts</｜DSML｜parameter>\n<｜DSML｜parameter name="from" string="false">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  'tags of the tool': '<read_file>\n<path>a.ts</path>\n<from>3</from>\n</read_file>',
};

describe('calls that a model writes into its text', () => {
  for (const [who, text] of Object.entries(WRITTEN)) {
    it(`are taken as ${who} writes them`, () => {
      assert.deepEqual(read(text), one);
      assert.deepEqual(read(`Let me look first.\n${text}`), ['Let me look first.', ...one]);
    });
  }

  for (const [who, text] of Object.entries(AS_TEXT)) {
    it(`are taken as ${who} writes them`, () => {
      assert.deepEqual(read(text), [{ read_file: { path: 'a.ts', from: '3' } }]);
    });
  }

  it('are not looked for in thoughts', () => {
    assert.deepEqual(read(`Hm, <tool_call> or not?</think>${json}`), one);
  });

  it('are all taken, in order', () => {
    const two = [...one, { search: { pattern: 'x' } }];
    assert.deepEqual(
      read(`<tool_call>${json}</tool_call>\n<tool_call>{"name":"search","arguments":{"pattern":"x"}}</tool_call>`),
      two,
    );
    assert.deepEqual(read(`${json}; {"name": "search", "parameters": {"pattern": "x"}}`), two);
    assert.deepEqual(read('```tool_code\nread_file(path="a.ts", from=3)\nsearch(pattern="x")\n```'), two);
    assert.deepEqual(read(`[${json}, {"name": "search", "arguments": {"pattern": "x"}}]`), two);
  });

  it('keep content with line breaks, quotes and brackets as it is', () => {
    const content = 'const a = {\n  "b": "}\\n",\n};\n';
    const args = { path: 'a.ts', content };
    const call = JSON.stringify({ name: 'write_file', arguments: args });
    assert.deepEqual(read(`<tool_call>${call}</tool_call>`), [{ write_file: args }]);
    assert.deepEqual(
      read(`\`\`\`tool_code\nwrite_file(path='a.ts', content="""${content.replaceAll('\\', '\\\\')}""")\n\`\`\``),
      [{ write_file: args }],
    );
    assert.deepEqual(
      read(
        `<function=write_file>\n<parameter=path>\na.ts\n</parameter>\n<parameter=content>\n${content}\n</parameter>\n</function>`,
      ),
      [{ write_file: args }],
    );
  });

  it('are not seen where no tool of that name exists, or nothing is called', () => {
    for (const text of [
      '<tool_call>{"name": "launch_rocket", "arguments": {}}</tool_call>',
      '{"name": "Ann", "arguments": {"age": 3}}',
      'I would call read_file(path="a.ts") now, if you agree.',
      'The file has `{"name": "read_file", "arguments": {}}` in its second line.',
      '```ts\nread_file({ path: "a.ts" });\n```',
      'Use <b>read_file</b> to look.',
      '{"name": "read_file", "arguments": {"path": "a.ts"',
      '<tool_call>{"name": "read_file", "arguments": {"path": "a.ts"',
      '<tool_call>{"name": "write_file", "arguments": {"path": "a.ts", "content": "one\\n</tool_call>',
      'I would now do this:\n\nread_file("a.ts")',
      '{"search": "x"}',
      '[1, 2, 3]',
      '',
    ]) {
      assert.equal(read(text), undefined, text);
    }
  });

  it('are left alone beside calls that were made properly', () => {
    const message = {
      role: 'assistant' as const,
      parts: [
        { type: 'text' as const, text: json },
        { type: 'tool-call' as const, id: 'c', name: 'search', args: {} },
      ],
    };
    assert.equal(
      readTextCalls(message, tools, kind => kind),
      undefined,
    );
  });

  it('do not keep a long answer waiting', () => {
    const started = performance.now();
    for (const part of [
      '<tool_call>',
      '{',
      '[{"',
      '<function=a>',
      '```json\n',
      '<a>',
      'a(b="',
      '</think>',
      '\n{"name":',
      'read_file(\n',
      '<tool_use>',
    ]) {
      read(part.repeat(20_000 / part.length));
    }
    assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
  });
});
