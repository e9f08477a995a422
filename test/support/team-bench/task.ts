/** What a child of the bench is to do. */
export interface Task {
  agents: number;
  url: string;
  /** Of its own: the workspace and what a user keeps. */
  folder: string;
  /** What the last turn of an agent sent, for the floor to send the same. */
  conversation?: Conversation;
  /** For the resume. */
  session?: string;
}

export interface ChatMessage {
  role: string;
  content: string | null;
  tool_call_id?: string;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
}

export interface Conversation {
  messages: ChatMessage[];
  [field: string]: unknown;
}
