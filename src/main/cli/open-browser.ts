/** Opens an address in the person's browser, without a shell that could read the address as a command. */
import { spawn } from 'node:child_process';

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Tries to open `address`; a machine without a browser is no fault, since the address has been printed. */
export function openBrowser(address: string): void {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write('No browser could be opened; use the address above.\n'));
  child.unref();
}
