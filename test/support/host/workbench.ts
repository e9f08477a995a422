import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../../scripts/host/browser.ts';

/** Keeps a closed network quiet and works without a display, as root and without a GPU. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  const { executable, env } = await findBrowser();
  return chromium.launch({ executablePath: executable, args: flags, env: { ...process.env, ...env } });
}
