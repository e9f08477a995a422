import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where pages may load from: the built bundle, nothing else. */
export function dashboardRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/** What the tab of a page shows. */
export function pageIcon(extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (theme: string) => vscode.Uri.joinPath(extension, 'media', `orchestrate-${theme}.svg`);
  return { light: icon('light'), dark: icon('dark') };
}

export type Page = 'dashboard' | 'transcript' | 'plan';

/** A page: one script and one style sheet of ours, no inline code, no other origin. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, page: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dashboardRoot(extension), name));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${page}.css`)}">
<title>${page === 'dashboard' ? 'Orchestrate' : `Orchestrate ${page}`}</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${file(`${page}.js`)}"></script>
</body>
</html>`;
}
