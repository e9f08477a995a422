import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the dashboard's page may load from: the built bundle, nothing else. */
export function dashboardRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/** The page: one script and one style sheet of ours, no inline code, no other origin. */
export function dashboardHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dashboardRoot(extension), name));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('dashboard.css')}">
<title>Orchestrate</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${file('dashboard.js')}"></script>
</body>
</html>`;
}
