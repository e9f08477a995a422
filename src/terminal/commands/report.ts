import { join } from 'node:path';
import { buildReport } from '../../core/session/report/build.ts';
import { renderHtml } from '../../core/session/report/html.ts';
import { type Pictures, picturesOf } from '../../core/session/report/pictures.ts';
import { renderPullRequest } from '../../core/session/report/pull-request.ts';
import { renderReport } from '../../core/session/report/render.ts';
import type { Report } from '../../core/session/report/report.ts';
import { openInBrowser } from '../../node/open-in-browser.ts';
import { readState } from '../../node/session/sessions.ts';
import { chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { reportTeam } from '../station/show-team.ts';
import { type Call, EXIT, option, print, printJsonText, type Terminal, UsageError } from '../terminal.ts';

const FORMATS: Record<string, (report: Report, pictures: Pictures) => string> = {
  markdown: renderReport,
  html: renderHtml,
  json: report => JSON.stringify(report, undefined, 2),
  'pull-request': renderPullRequest,
};

/** The report as the journal has it now, whether the session has ended or goes on. */
export async function report(terminal: Terminal, call: Call): Promise<number> {
  const format = call.options.json ? 'json' : (option(call, 'format') ?? 'markdown');
  const render = FORMATS[format];
  if (!render) throw new UsageError(`There is no format "${format}"; choose ${Object.keys(FORMATS).join(', ')}.`);
  // Of a team there is one form, and one for programs.
  const ofTeam = call.words.length === 0 && !call.options.open && option(call, 'format') === undefined;
  if (ofTeam && (await reportTeam(terminal, call))) return EXIT.done;
  const workspace = workspaceOf(terminal, call);
  const session = await chooseSession(terminal, workspace, call.words[0]);
  const store = await openFolder(terminal, workspace, session.id);
  const { state } = await readState(store);
  const made = buildReport(state);
  const pictures = await picturesOf(made, hash => store.getBlob(hash));
  if (call.options.open) {
    await store.writeText('report.html', renderHtml(made, pictures));
    const path = join(session.folder, 'report.html');
    const opened = await openInBrowser(path);
    print(terminal, opened ? path : `${path}\nNo browser could be started: open that file yourself.`);
    return EXIT.done;
  }
  const text = render(made, pictures).trimEnd();
  if (format === 'json') printJsonText(terminal, text);
  else print(terminal, text);
  return EXIT.done;
}
