/** A path of this machine as the web host's addresses write it. */
export const slashed = (path: string) => (path.startsWith('/') ? path : `/${path.replaceAll('\\', '/')}`);

/** A folder or file on the server, as the workbench in the browser calls it. */
export const remote = (port: number, path: string) => `vscode-remote://127.0.0.1:${port}${slashed(path)}`;
