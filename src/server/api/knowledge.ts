import * as z from 'zod';
import { buildReport } from '../../core/session/report/build.ts';
import { renderHtml } from '../../core/session/report/html.ts';
import { picturesOf } from '../../core/session/report/pictures.ts';
import { renderPullRequest } from '../../core/session/report/pull-request.ts';
import { renderReport } from '../../core/session/report/render.ts';
import { Report } from '../../core/session/report/report.ts';
import { rowsOf, type SessionTable } from '../../dashboard/rows/tables.ts';
import { pageOf } from '../../protocol/api.ts';
import { tables } from '../../protocol/dashboard-rows.ts';
import { Hash, Name } from '../../protocol/ids.ts';
import { ProblemError } from '../problem.ts';
import { PageQuery, page } from './page.ts';
import { route } from './route.ts';
import { foundIn, InWorkspace, SessionParams } from './sessions.ts';

/** What agents and files say is shown as text, whatever it claims to be: no browser runs any of it. */
const INERT = { 'content-security-policy': "default-src 'none'; sandbox" };
/** The report is our own page, in which everything from outside is escaped; even so nothing in it may run. */
const REPORT_PAGE = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
};

const listed: [SessionTable, id: string, summary: string][] = [
  ['findings', 'listFindings', 'What reviewers and testers said of lines and tasks'],
  ['issues', 'listIssues', 'What went wrong, and how it ended'],
  ['decisions', 'listDecisions', 'What was decided, and why'],
  ['artifacts', 'listArtifacts', 'Notes and contracts that tasks handed to each other: the latest version of each'],
  ['queue', 'listQueue', 'Work that waits in the session'],
  ['asks', 'listAsks', 'Questions and permissions that wait for an answer'],
  ['providers', 'listSessionProviders', 'The providers that the session used, with their health'],
];

const shared = { params: SessionParams, query: InWorkspace } as const;

const reports = [
  ['getReportText', 'report.md', 'text/markdown', renderReport, {}],
  ['getReportPage', 'report.html', 'text/html', renderHtml, REPORT_PAGE],
  ['getPullRequestText', 'pull-request.md', 'text/markdown', renderPullRequest, {}],
] as const;

export const knowledgeRoutes = [
  ...listed.map(([table, id, summary]) =>
    route({
      id,
      path: `/sessions/{session}/${table}`,
      summary,
      params: SessionParams,
      query: PageQuery.extend(InWorkspace.shape),
      answer: pageOf(tables[table] as z.ZodObject<{ id: z.ZodString }>),
      async handle(asking) {
        const { workspace, feed } = await foundIn(asking);
        const rows = rowsOf(feed.state, [table], await workspace.runs(feed))[table] as { id: string }[];
        return { json: page(rows, row => row.id, asking.query) };
      },
    }),
  ),
  route({
    id: 'getArtifact',
    path: '/sessions/{session}/artifacts/{artifact}',
    summary: 'The content of an artifact, as text',
    params: SessionParams.extend({ artifact: Name }),
    query: InWorkspace.extend({ version: z.coerce.number().int().positive().optional() }),
    mediaType: 'text/plain',
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const { artifact } = asking.params;
      const versions = feed.state.artifacts.get(artifact) ?? [];
      const { version } = asking.query;
      const found = version === undefined ? versions.at(-1) : versions.find(each => each.version === version);
      const bytes = found && (await workspace.host.runtime.blob(feed.id, found.blob));
      if (!bytes) throw new ProblemError('not-found', `There is no such version of an artifact "${artifact}".`);
      return { text: bytes, mediaType: 'text/plain', download: artifact, headers: INERT };
    },
  }),
  route({
    id: 'getBlob',
    path: '/sessions/{session}/blobs/{hash}',
    summary: 'A long text of which an event or a row holds the beginning and the hash',
    params: SessionParams.extend({ hash: Hash }),
    query: InWorkspace,
    mediaType: 'text/plain',
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const bytes = await workspace.host.runtime.blob(feed.id, asking.params.hash);
      if (!bytes) throw new ProblemError('not-found', 'The session keeps nothing under that hash.');
      return { text: bytes, mediaType: 'text/plain', headers: INERT };
    },
  }),
  route({
    ...shared,
    id: 'getReport',
    path: '/sessions/{session}/report',
    summary: 'The report, made of the journal as it is now',
    answer: Report,
    async handle(asking) {
      return { json: buildReport((await foundIn(asking)).feed.state) };
    },
  }),
  ...reports.map(([id, name, mediaType, render, headers]) =>
    route({
      ...shared,
      id,
      path: `/sessions/{session}/${name}`,
      summary: `The report as ${name}`,
      mediaType,
      async handle(asking) {
        const { workspace, feed } = await foundIn(asking);
        const report = buildReport(feed.state);
        const pictures = await picturesOf(report, hash => workspace.host.runtime.blob(feed.id, hash));
        return { text: render(report, pictures), mediaType, headers };
      },
    }),
  ),
  route({
    ...shared,
    id: 'getLog',
    path: '/sessions/{session}/log.md',
    summary: 'The log, as Markdown',
    mediaType: 'text/markdown',
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const text = await workspace.host.runtime.text(feed.id, 'log.md');
      if (text === undefined) throw new ProblemError('not-found', 'There is no log yet.');
      return { text, mediaType: 'text/markdown' };
    },
  }),
];
