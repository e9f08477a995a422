import * as z from 'zod';
import { type FromDashboard, ToDashboard } from '../src/protocol/dashboard.ts';

/** What the page remembers while it is hidden, and over a reload of the window. */
export interface Memory {
  session?: string;
  watch?: string;
}

interface Api {
  postMessage(message: FromDashboard): void;
  getState(): Memory | undefined;
  setState(memory: Memory): void;
}
declare function acquireVsCodeApi(): Api;

// The page's content policy forbids code made from strings, which zod would otherwise try.
z.config({ jitless: true });

const api = acquireVsCodeApi();

export function tell(message: FromDashboard): void {
  api.postMessage(message);
}

export const recall = (): Memory => api.getState() ?? {};

export function keep(memory: Memory): void {
  api.setState(memory);
}

/** Calls back for every message of the extension; what has an unknown form is reported and dropped. */
export function listen(hear: (message: ToDashboard) => void): void {
  window.addEventListener('message', event => {
    const result = ToDashboard.safeParse(event.data);
    if (result.success) hear(result.data);
    else console.error('message of unknown form', result.error);
  });
}
