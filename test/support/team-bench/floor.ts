// The least that has to be done for the same exchanges: fetch, cut into events, parse, keep the conversation.
import { measured, work } from './measured.ts';
import { TURNS } from './script.ts';
import type { ChatMessage, Conversation } from './task.ts';

interface Chunk {
  choices?: {
    delta?: { content?: string; tool_calls?: { id?: string; function?: { name?: string; arguments?: string } }[] };
  }[];
}

async function ask(url: string, body: Conversation): Promise<ChatMessage> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-key' },
    body: JSON.stringify(body),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const decoder = new TextDecoder();
  const call = { id: '', type: 'function', function: { name: '', arguments: '' } };
  let [pending, content] = ['', ''];
  for await (const bytes of response.body) {
    pending += decoder.decode(bytes, { stream: true });
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ') || line.startsWith('data: [')) continue;
      const { choices } = JSON.parse(line.slice(6)) as Chunk;
      const delta = choices?.[0]?.delta;
      content += delta?.content ?? '';
      const piece = delta?.tool_calls?.[0];
      call.id ||= piece?.id ?? '';
      call.function.name ||= piece?.function?.name ?? '';
      call.function.arguments += piece?.function?.arguments ?? '';
    }
  }
  JSON.parse(call.function.arguments);
  return { role: 'assistant', content, tool_calls: [call] };
}

async function agent(url: string, job: number, { messages: said, ...rest }: Conversation): Promise<void> {
  const results = said.filter(message => message.role === 'tool').map(message => message.content ?? '');
  const messages = said
    .slice(
      0,
      said.findIndex(message => message.role === 'assistant'),
    )
    .map(message => ({ ...message, content: message.content?.replace(/Bench job \d+/, `Bench job ${job}`) ?? '' }));
  const conversation: ChatMessage[] = messages;
  for (let turn = 1; turn <= TURNS; turn++) {
    const answer = await ask(url, { ...rest, messages: conversation });
    conversation.push(answer);
    // As from a file that was read: text of the agent's own.
    const content = Buffer.from(results[turn - 1] ?? 'Finished.').toString();
    conversation.push({ role: 'tool', tool_call_id: answer.tool_calls?.[0]?.id ?? '', content });
  }
}

work(async ({ agents, url, conversation }) => {
  if (!conversation) throw new Error('there is no conversation to repeat');
  const run = (many: number) =>
    Promise.all(Array.from({ length: many }, (_, job) => agent(url, job, structuredClone(conversation))));
  await run(8);
  return measured(() => run(agents));
});
