export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What stands on one line: code, bold, italic and characters after a backslash; everything else is text. */
function inline(line: string): string {
  let html = '';
  let rest = line;
  while (rest !== '') {
    const [whole = '', code, escaped, bold, italic, plain] =
      /^(?:`([^`]+)`|\\(.)|\*\*(.+?)(?<!\\)\*\*|\*(.+?)(?<!\\)\*|([^`\\*]+))/s.exec(rest) ?? [];
    if (whole === '') {
      html += escapeHtml(rest[0] ?? '');
      rest = rest.slice(1);
      continue;
    }
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (bold !== undefined) html += `<strong>${inline(bold)}</strong>`;
    else if (italic !== undefined) html += `<em>${inline(italic)}</em>`;
    else html += escapeHtml(escaped ?? plain ?? '');
    rest = rest.slice(whole.length);
  }
  return html;
}

/** The cells of a row: a bar after a backslash is text. */
const cells = (row: string): string[] =>
  row
    .replace(/^\| ?| ?\|$/g, '')
    .split(/(?<!\\) ?\| ?/)
    .map(inline);

function tableHtml(rows: readonly string[]): string {
  const [head = '', , ...body] = rows;
  const line = (row: string, tag: string) =>
    `<tr>${cells(row)
      .map(cell => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  return `<div class="table"><table><thead>${line(head, 'th')}</thead><tbody>${body.map(row => line(row, 'td')).join('')}</tbody></table></div>`;
}

/** The Markdown that reports are written in, as HTML: headings, paragraphs, lists, tables and rules. No HTML in it survives. */
export function markdownHtml(markdown: string): string {
  const lines = markdown.split('\n');
  const html: string[] = [];
  const run = (from: number, of: RegExp) => {
    let to = from;
    while (of.test(lines[to] ?? '')) to++;
    return lines.slice(from, to);
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const [, marks, title] = /^(#{1,6}) (.*)$/.exec(line) ?? [];
    if (marks !== undefined && title !== undefined) {
      const anchor = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      html.push(`<h${marks.length} id="${anchor}">${inline(title)}</h${marks.length}>`);
      at++;
    } else if (line.startsWith('|')) {
      const rows = run(at, /^\|/);
      html.push(tableHtml(rows));
      at += rows.length;
    } else if (line.startsWith('- ')) {
      const items = run(at, /^- /);
      html.push(`<ul>${items.map(item => `<li>${inline(item.slice(2))}</li>`).join('')}</ul>`);
      at += items.length;
    } else if (line === '---') {
      html.push('<hr>');
      at++;
    } else {
      if (line.trim() !== '') html.push(`<p>${inline(line)}</p>`);
      at++;
    }
  }
  return html.join('\n');
}
