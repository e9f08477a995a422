import { openaiError, openaiErrorAnswer, openaiModels } from './openai-errors.ts';
import { readOpenAi } from './openai-read.ts';
import type { Wire } from './vendor.ts';

export const openai: Wire = {
  framing: 'sse-named',
  read: readOpenAi,
  error: openaiErrorAnswer,
  errorFrames(failure) {
    const error = openaiError(failure);
    const code = error.code ?? 'server_error';
    const response = {
      object: 'response',
      status: 'failed',
      error: { code, message: error.message },
      output: [],
      usage: null,
    };
    return [
      // Recorded streams nest the error, though the SDK's types have it flat.
      { event: 'error', data: JSON.stringify({ type: 'error', error: { ...error, code } }) },
      { event: 'response.failed', data: JSON.stringify({ type: 'response.failed', response }) },
    ];
  },
  models: openaiModels,
};
