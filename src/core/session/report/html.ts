import { charts } from './charts.ts';
import { escapeHtml, markdownHtml } from './markdown-html.ts';
import type { Pictures } from './pictures.ts';
import { renderWith } from './render.ts';
import type { Report } from './report.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1b; --quiet: #5c5c5c; --back: #fff; --line: #d6d6d6; --code: #f2f2f2; --plain: #2f6fb5; --good: #2c7a3f; --bad: #b3341f; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e4e4; --quiet: #a5a5a5; --back: #1c1c1c; --line: #444; --code: #2b2b2b; --plain: #6aa9ea; --good: #62bd78; --bad: #f0806c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.5rem; background: var(--back); color: var(--text); font: 15px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.2em; padding-bottom: .3em; border-bottom: 1px solid var(--line); }
code { padding: .1em .3em; border-radius: 3px; background: var(--code); font-size: .9em; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9em; } th, td { padding: .35em .7em; border: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; } td { max-width: 30em; }
th { background: var(--code); } hr { margin: 2em 0; border: 0; border-top: 1px solid var(--line); }
figure { margin: 1.2em 0; } img { max-width: 100%; border: 1px solid var(--line); } figcaption { margin-bottom: .4em; color: var(--quiet); } svg { width: 100%; max-width: 46rem; height: auto; } svg text { fill: var(--text); font-size: 12px; } svg .value { fill: var(--quiet); }
.plain { fill: var(--plain); } .good { fill: var(--good); } .bad { fill: var(--bad); }
@media print { :root { color-scheme: light; --text: #000; --quiet: #444; --back: #fff; --line: #bbb; --code: #f4f4f4; --plain: #2f6fb5; --good: #2c7a3f; --bad: #b3341f; } body { max-width: none; padding: 0; font-size: 10pt; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } .table { overflow: visible; } }
`;

/** report.html: one file for a browser or a printer, that asks nobody for anything and runs nothing. */
export function renderHtml(report: Report, pictures: Pictures = new Map()): string {
  const [head = '', ...rest] = renderWith(report, []).split('\n## Outcome by Task\n');
  const body = [markdownHtml(head), charts(report), markdownHtml(`## Outcome by Task\n${rest.join('')}`)].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Session Report</title>
<style>${STYLE}</style>
</head>
<body>
${body}
${figures(pictures)}</body>
</html>
`;
}

function figures(pictures: Pictures): string {
  const all = [...pictures].map(([name, address]) => {
    const said = escapeHtml(name);
    return `<figure><figcaption>${said}</figcaption><img src="${escapeHtml(address)}" alt="${said}"></figure>\n`;
  });
  return all.length === 0 ? '' : `<h2>Pictures</h2>\n${all.join('')}`;
}
