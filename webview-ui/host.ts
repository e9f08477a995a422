import { type FromDashboard, ToDashboard } from '../src/protocol/dashboard.ts';

/** What the page remembers while it is hidden, and over a reload of the window. */
export interface Memory {
  session?: string;
  watch?: string;
}

/** How a page talks with what tells it: with the extension in VS Code, with the server in a browser. */
export interface Transport {
  tell(message: FromDashboard): void;
  recall(): Memory;
  keep(memory: Memory): void;
  /** Calls back for every message, of whatever form. */
  listen(hear: (message: unknown) => void): void;
}

interface Api {
  postMessage(message: FromDashboard): void;
  getState(): Memory | undefined;
  setState(memory: Memory): void;
}
declare function acquireVsCodeApi(): Api;

function inEditor(): Transport {
  const api = acquireVsCodeApi();
  return {
    tell: message => api.postMessage(message),
    recall: () => api.getState() ?? {},
    keep: memory => api.setState(memory),
    listen: hear => window.addEventListener('message', ({ data }) => hear(data)),
  };
}

let transport: Transport | undefined = typeof acquireVsCodeApi === 'function' ? inEditor() : undefined;

/** In a browser: to be called before anything is told. */
export function connectBy(other: Transport): void {
  transport = other;
}

export const tell = (message: FromDashboard): void => transport?.tell(message);
export const recall = (): Memory => transport?.recall() ?? {};
export const keep = (memory: Memory): void => transport?.keep(memory);

/** Calls back for every message of the other side; what has an unknown form is reported and dropped. */
export function listen(hear: (message: ToDashboard) => void): void {
  transport?.listen(message => {
    const result = ToDashboard.safeParse(message);
    if (result.success) hear(result.data);
    else console.error('message of unknown form', result.error);
  });
}
