import type { ImagePart, Message, TextPart, ToolResultPart } from '../../protocol/message.ts';
import { refuse } from './failure.ts';
import { keys, onlyKnown } from './google-fields.ts';
import { signedCall, signs } from './google-signing.ts';
import { isObject, isText, type Json } from './json.ts';
import type { Prefix } from './prefix.ts';
import type { ModelCard } from './types.ts';
import type { Context } from './vendor.ts';

const known = {
  content: keys('role parts'),
  part: keys(
    'text thought thoughtSignature inlineData fileData functionCall functionResponse executableCode codeExecutionResult mediaResolution videoMetadata',
  ),
  call: keys('id name args'),
  response: keys('id name response parts scheduling willContinue'),
  blob: keys('mimeType data'),
};
/** What stands in for a signature on calls that another vendor's model made. */
const sentinels = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);

interface Reading {
  prefix: Prefix;
  context: Context;
  card: ModelCard;
}

interface Call {
  id: string;
  /** As the client sent it: ids are optional here. */
  sent: string | undefined;
  name: string;
}

interface State extends Reading {
  messages: Message[];
  open: Call[];
  count: number;
}

/** Reads the contents: roles, pairing of calls and responses, signatures. */
export function readContents(value: unknown, reading: Reading): Message[] {
  if (!Array.isArray(value) || value.length === 0)
    refuse('* GenerateContentRequest.contents: contents is not specified');
  const state: State = { ...reading, messages: [], open: [], count: 0 };
  value.forEach((content: unknown, i) => {
    const at = `contents[${i}]`;
    if (!isObject(content)) refuse(`Invalid value at '${at}': not an object.`);
    const { role = 'user', parts } = onlyKnown(content, known.content, at);
    if (role !== 'user' && role !== 'model' && role !== 'function') refuse('Please use a valid role: user, model.');
    if (!Array.isArray(parts) || parts.length === 0)
      refuse(`* GenerateContentRequest.${at}.parts: contents.parts must not be empty.`);
    const read = parts.map((part: unknown, j) => {
      const where = `${at}.parts[${j}]`;
      if (!isObject(part)) refuse(`Invalid value at '${where}': not an object.`);
      const one = onlyKnown(part, known.part, where);
      state.prefix.add(`${role}:${JSON.stringify(one)}`);
      return one;
    });
    if (role === 'model') readModel(read, i, state);
    else readUser(read, i, state);
  });
  if (state.messages.at(-1)?.role === 'assistant')
    refuse('Please ensure that multiturn requests end with a user role or a function response.');
  return state.messages;
}

function readModel(parts: Json[], index: number, state: State): void {
  if (state.open.length > 0) unpaired();
  const before = state.messages.at(-1);
  const said: Extract<Message, { role: 'assistant' }>['parts'] = [];
  let calls = 0;
  parts.forEach((part, j) => {
    const at = `contents[${index}].parts[${j}]`;
    if (part.functionCall !== undefined) {
      if (!before || before.role === 'assistant')
        refuse(
          'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
        );
      if (!isObject(part.functionCall)) refuse(`Invalid value at '${at}.function_call': not an object.`);
      const { id, name, args } = onlyKnown(part.functionCall, known.call, `${at}.function_call`);
      if (!isText(name) || name === '')
        refuse(`* GenerateContentRequest.${at}.function_call.name: Name cannot be empty.`);
      if (args !== undefined && !isObject(args)) refuse(`Invalid value at '${at}.function_call.args': not an object.`);
      const signature = part.thoughtSignature;
      // Of calls made together only the first is signed.
      if (signature === undefined ? calls === 0 && signs(state.card.id) : !trusted(signature, name, args, state))
        refuse(
          signature === undefined
            ? `Function call is missing a thought_signature in functionCall parts. Function call \`${name}\`, position ${j + 1}.`
            : 'Corrupted thought signature.',
        );
      calls++;
      const call = { id: isText(id) ? id : `call_${state.count++}`, sent: isText(id) ? id : undefined, name };
      state.open.push(call);
      said.push({ type: 'tool-call', id: call.id, name, args: args ?? {} });
    } else if (isText(part.text)) {
      if (part.thought === true) said.push({ type: 'reasoning', text: part.text });
      else if (part.text) said.push({ type: 'text', text: part.text });
      if (part.thoughtSignature !== undefined && !trusted(part.thoughtSignature, '', undefined, state))
        refuse('Corrupted thought signature.');
    } else refuse(`Unable to submit request: ${at} has no data.`);
  });
  if (before?.role === 'assistant') before.parts.push(...said);
  else state.messages.push({ role: 'assistant', parts: said });
}

function trusted(signature: unknown, name: string, args: unknown, { context, card }: State): boolean {
  if (!isText(signature)) return false;
  if (sentinels.has(signature)) return true;
  return context.signer.verify(signature, ...signedCall(context.account, card.id, name, args));
}

function unpaired(): never {
  return refuse(
    'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
  );
}

function readUser(parts: Json[], index: number, state: State): void {
  const said: (TextPart | ImagePart)[] = [];
  const results: ToolResultPart[] = [];
  const asked = state.open.length;
  parts.forEach((part, j) => {
    const at = `contents[${index}].parts[${j}]`;
    if (part.functionResponse !== undefined) results.push(readResponse(part.functionResponse, at, state));
    else if (part.inlineData !== undefined) said.push(readBlob(part.inlineData, at));
    else if (isText(part.text)) said.push({ type: 'text', text: part.text });
    else refuse(`Unable to submit request: ${at} has no data.`);
  });
  if (asked !== results.length) unpaired();
  state.open = [];
  if (results.length > 0) state.messages.push({ role: 'tool', parts: results });
  if (said.length > 0) state.messages.push({ role: 'user', parts: said });
}

function readResponse(value: unknown, at: string, state: State): ToolResultPart {
  if (!isObject(value)) refuse(`Invalid value at '${at}.function_response': not an object.`);
  const { id, name, response } = onlyKnown(value, known.response, `${at}.function_response`);
  if (!isText(name) || name === '')
    refuse(`* GenerateContentRequest.${at}.function_response.name: Name cannot be empty.`);
  if (!isObject(response)) refuse(`Invalid value at '${at}.function_response.response': not an object.`);
  const found = state.open.findIndex(call =>
    isText(id) && call.sent !== undefined ? call.sent === id : call.name === name,
  );
  const call = state.open[found];
  if (!call)
    refuse(
      'Please ensure that function response turn comes immediately after a function call turn, with the same names.',
    );
  state.open.splice(found, 1);
  const isError = response.error !== undefined;
  const output = response.output ?? response.result ?? response.error ?? response;
  return {
    type: 'tool-result',
    id: call.id,
    name,
    output: isText(output) ? output : JSON.stringify(output),
    ...(isError ? { isError } : {}),
  };
}

function readBlob(value: unknown, at: string): ImagePart {
  if (!isObject(value)) refuse(`Invalid value at '${at}.inline_data': not an object.`);
  const { mimeType, data } = onlyKnown(value, known.blob, `${at}.inline_data`);
  if (!isText(mimeType) || !mimeType.startsWith('image/')) refuse(`Unsupported MIME type: ${mimeType}`);
  if (!isText(data) || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    refuse(`Invalid value at '${at}.inline_data.data': Base64 decoding failed`);
  return { type: 'image', mediaType: mimeType, data };
}
