interface Shape {
  /** The text of each page. */
  pages: readonly string[];
  /** In the place of each page's content: packed as zlib does. */
  packed?: Uint8Array;
  /** Nobody knows the password. */
  locked?: true;
}

/** A PDF with a page for each text, in Helvetica; as small as one can be. */
export function pdfOf({ pages, packed, locked }: Shape): Uint8Array {
  const first = 4;
  const kids = pages.map((_, at) => `${first + 2 * at} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((text, at) => {
      const lines = text.split('\n').map(line => `(${line.replaceAll(/[()\\]/g, '\\$&')}) Tj 0 -30 Td`);
      const said = text === '' ? '' : `BT /F1 24 Tf 72 700 Td ${lines.join(' ')} ET`;
      const stream = packed ? Buffer.from(packed).toString('latin1') : said;
      const filter = packed ? ' /Filter /FlateDecode' : '';
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${first + 2 * at + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${stream.length}${filter} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let text = '%PDF-1.4\n';
  const starts = objects.map((object, at) => {
    const start = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = starts.map(start => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  const [owner, user, id] = ['11', '22', '33'].map(byte => byte.repeat(32)) as [string, string, string];
  const encrypt = locked
    ? `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${owner}> /U <${user}> /P -4 >> /ID [<${id}> <${id}>] `
    : '';
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${encrypt}>>\nstartxref\n${text.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(text + xref + trailer, 'latin1'));
}
