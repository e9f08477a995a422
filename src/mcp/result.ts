import type { CallToolResult } from '@modelcontextprotocol/client';
import type { ForeignPart } from '../core/ports.ts';

type Block = NonNullable<CallToolResult['content']>[number];

const data = (mediaType: string, base64: string): ForeignPart => {
  const content = Buffer.from(base64, 'base64');
  return { type: 'data', mediaType, bytes: content.length, content };
};

function partOf(block: Block): ForeignPart {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'image':
    case 'audio':
      return data(block.mimeType, block.data);
    case 'resource': {
      const { resource } = block;
      return 'text' in resource
        ? { type: 'text', text: `${resource.uri}:\n${resource.text}` }
        : data(resource.mimeType ?? 'application/octet-stream', resource.blob);
    }
    case 'resource_link':
      return { type: 'text', text: `${block.uri} (${block.title ?? block.name})` };
    default:
      return { type: 'json', value: block };
  }
}

/** What a tool gave back. What it also says in a structure is said once: as text where it did so. */
export function partsOf({ content = [], structuredContent }: CallToolResult): ForeignPart[] {
  const parts = content.map(partOf);
  if (structuredContent !== undefined && !parts.some(({ type }) => type === 'text'))
    parts.push({ type: 'json', value: structuredContent });
  return parts;
}
