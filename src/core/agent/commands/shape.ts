import { mayBeFolder, mayBeOption, placeOf, type Workspace } from './places.ts';
import { judgeRead } from './redirect.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding, worst } from './verdict.ts';

/** What the arguments of a command may look like for it to be harmless. */
export interface Shape {
  /** Options that may be given; none if left out. */
  options?: RegExp;
  /** Options that take a word of their own, and what that word may be. */
  valued?: Record<string, RegExp>;
  /** How many words come before the paths: a pattern, a filter. */
  text?: number;
  /** A form that the words before the paths must have. */
  textForm?: RegExp;
  /**
   * What the other words are; none are allowed if left out. What comes of expansions is `text`, too; `written` are words
   * that stand in the line as they are.
   */
  operands?: 'paths' | 'names' | 'text' | 'written';
  /** At most so many operands. */
  max?: number;
  /** Reads all that lies in a folder, so that none may be named. */
  filesOnly?: true;
  /** Only tells that files are there, so that secret ones may be named. */
  tells?: true;
}

const unusual = (arg: Arg) =>
  ask('unusual-arguments', `"${arg.text.slice(0, 80)}" is not among the arguments that are known to be harmless.`);

/** Whether the arguments have the shape; else a question that says which has not. */
export function judgeShape(args: Arg[], shape: Shape, workspace: Workspace): Finding {
  const findings: Finding[] = [];
  let texts = shape.text ?? 0;
  let count = 0;
  let options = true;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as Arg;
    if (options && arg.text === '--' && arg.fixed) options = false;
    else if (options && /^-./.test(arg.text)) {
      const valued = shape.valued && Object.hasOwn(shape.valued, arg.text) ? shape.valued[arg.text] : undefined;
      if (!arg.fixed || arg.glob) findings.push(unusual(arg));
      else if (valued) {
        const value = args[++at];
        if (!value?.fixed || value.glob || !valued.test(value.text)) findings.push(unusual(value ?? arg));
      } else if (!shape.options?.test(arg.text)) findings.push(unusual(arg));
    } else if (texts > 0) {
      texts--;
      if (!arg.fixed || arg.glob || (shape.textForm && !shape.textForm.test(arg.text))) findings.push(unusual(arg));
    } else {
      // A pattern stands for any number of words.
      if (++count > (shape.max ?? Number.POSITIVE_INFINITY) || (arg.glob && shape.max !== undefined))
        findings.push(unusual(arg));
      else if (options && shape.operands === 'paths' && mayBeOption(arg, workspace))
        findings.push(ask('name-like-option', `A file's name may pass for an option. Write "./${arg.text}".`));
      else findings.push(judgeOperand(arg, shape, workspace));
    }
  }
  return worst(findings);
}

function judgeOperand(arg: Arg, shape: Shape, workspace: Workspace): Finding {
  if (shape.operands === 'text') return allowed;
  if (shape.operands === undefined) return unusual(arg);
  if (shape.operands === 'written') return arg.fixed && !arg.glob ? allowed : unusual(arg);
  if (shape.operands === 'names')
    return arg.fixed && !arg.glob && /^[\w@][\w@.+-]*$/.test(arg.text) ? allowed : unusual(arg);
  if (arg.text === '-') return allowed;
  const place = placeOf(arg, workspace);
  if (shape.filesOnly && mayBeFolder(arg, workspace))
    return ask('reads-folder', 'It may read all that lies in the folder. Name single files.');
  const harmless = shape.tells && (place === 'secret' || place === 'protected');
  return harmless ? allowed : judgeRead(place);
}
