import { showCount, showDuration } from '../../../protocol/show.ts';
import { allTokens } from '../../../protocol/tokens.ts';
import { showSpent } from '../figures.ts';
import type { Report } from './report.ts';

const WIDTH = 720;
const LABEL = 220;
const ROW = 24;
const MOST_ROWS = 40;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const short = (text: string): string => (text.length > 30 ? `${text.slice(0, 29)}…` : text);

interface Bar {
  label: string;
  from: number;
  to: number;
  text: string;
  tone: 'good' | 'bad' | 'plain';
}

/** Bars beside their names; the same in words for those who hear it. */
function chart(title: string, bars: readonly Bar[]): string {
  if (bars.length === 0) return '';
  const shown = bars.slice(0, MOST_ROWS);
  const most = Math.max(...shown.map(bar => bar.to), Number.MIN_VALUE);
  const room = WIDTH - LABEL - 150;
  const rows = shown.map(({ label, from, to, text, tone }, i) => {
    const x = LABEL + (room * from) / most;
    const width = Math.max(2, (room * (to - from)) / most);
    const y = i * ROW;
    return `<g><title>${escapeXml(`${label}: ${text}`)}</title><text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${escapeXml(short(label))}</text><rect class="${tone}" x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2"/><text class="value" x="${(x + width + 6).toFixed(1)}" y="${y + 16}">${escapeXml(text)}</text></g>`;
  });
  const more = bars.length - shown.length;
  return `<figure><figcaption>${escapeXml(title)}${more > 0 ? `; ${more} more in the tables` : ''}</figcaption><svg viewBox="0 0 ${WIDTH} ${shown.length * ROW + 4}" role="img" aria-label="${escapeXml(title)}">${rows.join('')}</svg></figure>`;
}

/** When each task was at work, what each model cost and used, and how the tests of each check went. */
export function charts({ tasks, models, checks, session }: Report): string {
  const begun = session.startedAt ?? 0;
  const time = tasks.flatMap(({ title, status, startedAt, endedAt, ms }): Bar[] =>
    startedAt === undefined || endedAt === undefined
      ? []
      : [
          {
            label: title,
            from: Math.max(0, startedAt - begun),
            to: Math.max(0, endedAt - begun),
            text: showDuration(ms),
            tone: status === 'completed' ? 'good' : 'bad',
          },
        ],
  );
  const cost = models.flatMap(({ model, costNanoUsd, boundNanoUsd = 0, callsOfUnknownCost }): Bar[] => {
    if (costNanoUsd === undefined) return [];
    const text = showSpent(costNanoUsd, boundNanoUsd, callsOfUnknownCost);
    return [{ label: model, from: 0, to: costNanoUsd, text, tone: 'plain' }];
  });
  const tokens = models.flatMap(({ model, tokens: of, callsOfUnknownUsage }): Bar[] => {
    if (!of) return [];
    const all = allTokens(of);
    const text = `${callsOfUnknownUsage > 0 ? 'at least ' : ''}${showCount(all)}`;
    return [{ label: model, from: 0, to: all, text, tone: 'plain' }];
  });
  const tests = checks.flatMap(({ check, tests: of }): Bar[] =>
    of
      ? [
          {
            label: check,
            from: 0,
            to: of.passed + of.failed,
            text: `${of.passed} passed, ${of.failed} failed`,
            tone: of.failed > 0 ? 'bad' : 'good',
          },
        ]
      : [],
  );
  return [
    chart('When each task was at work', time),
    chart('What each model cost, as far as it is known', cost),
    chart('Tokens of each model, as far as they are known', tokens),
    chart('Tests by check', tests),
  ]
    .filter(one => one !== '')
    .join('\n');
}
