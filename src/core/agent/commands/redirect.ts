import { actsRule } from '../../session/fold/consents.ts';
import { judgeWritten } from './changing.ts';
import { actingTarget, type Place, placeOf, type Workspace } from './places.ts';
import type { Arg, Redirection } from './simple.ts';
import { allowed, ask, askFirmly, type Finding, never } from './verdict.ts';

const writeAdvice = 'Write files of the workspace with write_file or edit_file.';

const whenWritten: Record<Place, Finding> = {
  inside: ask('writes-by-redirection', `What a redirection writes is not reviewed. ${writeAdvice}`),
  outside: never('writes-outside', `Nothing outside the workspace is written. ${writeAdvice}`),
  protected: never('writes-protected', 'The history and the records of sessions are not touched.'),
  secret: never('writes-secret', 'Files that hold secrets are not written.'),
  device: never('writes-device', 'Devices are not written to.'),
  unknown: ask('unknown-target', 'Name the file that is written to, without variables.'),
};

const whenRead: Record<Place, Finding> = {
  inside: allowed,
  outside: ask('reads-outside', 'Only files of the workspace are read without asking.'),
  protected: ask('reads-protected', 'Read history with git log, git show or git diff.'),
  secret: never('reads-secret', 'Files that hold secrets are not read. Ask the user for what you need to know.'),
  device: never('reads-device', 'Devices are not read.'),
  unknown: ask('unknown-source', 'Name the file that is read, without variables.'),
};

export function judgeRead(place: Place): Finding {
  return whenRead[place];
}

export function judgeWrite(place: Place): Finding {
  return whenWritten[place];
}

/** A file by which tools run something is asked about for what it is; undefined for any other. */
export function judgeActing(target: Arg, workspace: Workspace): Finding | undefined {
  const acting = actingTarget(target, workspace);
  return acting && askFirmly(actsRule, `It would change "${acting.path}". ${acting.says} ${writeAdvice}`);
}

/** Judges one redirection. */
export function judgeRedirection({ operator, target }: Redirection, workspace: Workspace): Finding {
  if (!target) return ask('not-understood', 'A redirection has no target.');
  if (/^[<>]&$/.test(operator) && target.fixed && /^(\d+-?|-)$/.test(target.text)) return allowed;
  if (/^\/dev\/(tcp|udp)(\/|$)/.test(target.text))
    return never('network', 'Connections are not opened through redirections.');
  if (target.fixed && /^\/dev\/(null|stdin|stdout|stderr|fd\/\d)$/.test(target.text)) return allowed;
  const place = placeOf(target, workspace);
  if (operator === '<') return judgeRead(place);
  const written = judgeWrite(place);
  if (written.verdict === 'deny') return written;
  return judgeActing(target, workspace) ?? (judgeWritten(target, workspace) === allowed ? allowed : written);
}
