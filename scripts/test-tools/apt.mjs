// Installs Debian packages, only as root on a machine that has apt-get: in containers and CI, never on a person's laptop.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

let updated = false;

/** True when the packages are now there. */
export function aptInstall(packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  const run = (args) =>
    spawnSync('/usr/bin/apt-get', args, {
      stdio: 'ignore',
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  console.log(`Installing ${packages.join(', ')} for the tests…`);
  if (!updated) updated = run(['update', '-qq']);
  return run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}
