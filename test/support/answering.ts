import * as vscode from 'vscode';

export interface Asked {
  /** The texts of all messages that came up. */
  messages: string[];
  /** How many times a text was asked for. */
  inputs: number;
}

export interface Answers {
  input?: string;
  /** The button to press. */
  button?: string;
  /** Of the buttons that a message has, the first that is one of these. */
  press?: readonly string[];
  /** What is typed, one after the other; absent: `input`, each time. */
  inputs?: readonly string[];
}

/** An input box that whoever is at the screen leaves as soon as it is shown. */
export function boxThatIsLeft(shown: (title: string) => void): Partial<vscode.InputBox> {
  const nothing = () => ({ dispose() {} });
  let leave: (() => unknown) | undefined;
  return {
    title: '',
    value: '',
    enabled: true,
    buttons: [],
    onDidChangeValue: nothing,
    onDidAccept: nothing,
    onDidTriggerButton: nothing,
    onDidHide: listener => {
      leave = listener;
      return { dispose() {} };
    },
    show() {
      shown(this.title ?? '');
      leave?.();
    },
    dispose() {},
  };
}

/** Runs `work` with someone at the screen who answers what comes up; tells what came up. */
export async function answering(work: () => unknown, answers: Answers = {}): Promise<Asked> {
  const asked: Asked = { messages: [], inputs: 0 };
  const message = async (text: string, ...rest: unknown[]) => {
    asked.messages.push(text);
    return answers.press ? rest.find(each => answers.press?.includes(String(each))) : answers.button;
  };
  const stand = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showInputBox: async () => {
      const input = answers.inputs ? answers.inputs[asked.inputs] : answers.input;
      asked.inputs++;
      return input;
    },
    createInputBox: () => boxThatIsLeft(() => asked.inputs++),
  };
  const real = Object.fromEntries(Object.keys(stand).map(name => [name, Reflect.get(vscode.window, name)]));
  Object.assign(vscode.window, stand);
  try {
    await work();
  } finally {
    Object.assign(vscode.window, real);
  }
  return asked;
}
