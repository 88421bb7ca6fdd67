/**
 * The host as a child of the desktop shell: reads `--shell=`, `--sample`, `--user-data=`, `--port=`, `--project=` from its arguments, listens on a
 * private pipe (and on a port when told), and tells its parent `{type:'ready', socketPath, token}`. Ends with its parent.
 */
import '../young-generation.ts';
import { parseArgs } from 'node:util';
import { toAppErrorData } from '../../core/errors.ts';
import { electronParentPort } from './default-engine.ts';
import { createHost, type Host } from './host.ts';

const { values } = parseArgs({
  args: process.argv.slice(2),
  strict: false,
  options: {
    shell: { type: 'string' },
    sample: { type: 'boolean' },
    'user-data': { type: 'string' },
    port: { type: 'string' },
    project: { type: 'string' },
  },
});
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Works in both kinds of child: an Electron utility process has a parent port, a fork has an IPC channel, a plain start has stdout. */
function tellParent(message: Record<string, unknown>): void {
  const parent = electronParentPort();
  if (parent !== undefined) parent.postMessage(message);
  else if (process.send !== undefined) process.send(message);
  else process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** What the window shows first: the named project, else the sample for someone who has no project yet. Faults leave the welcome page. */
async function openFirst(host: Host): Promise<void> {
  const project = text(values.project);
  try {
    if (project !== undefined) await host.api.openProject({ path: project });
    else if (values.sample === true && (await host.api.recentProjects()).length === 0)
      await host.api.openSample();
  } catch (error) {
    process.stderr.write(`${JSON.stringify(toAppErrorData(error))}\n`);
  }
}

async function main(): Promise<void> {
  const userDataDir = text(values['user-data']);
  const token = process.env.CATCHLIGHT_TOKEN;
  const host = await createHost({
    shell: values.shell === 'serve' ? 'serve' : 'desktop',
    ...(userDataDir === undefined ? {} : { userDataDir }),
    ...(token ? { token } : {}),
  });
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    // Everything saved is on disk already; closing only tidies, so it may not keep the process alive.
    setTimeout(() => process.exit(0), 3000).unref();
    await host.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
  process.on('disconnect', () => void end());
  const pipe = await host.listen({ pipe: true });
  const port = text(values.port);
  const served = port === undefined ? undefined : await host.listen({ port: Number(port) });
  await openFirst(host);
  tellParent({
    type: 'ready',
    socketPath: pipe.address,
    token: host.token,
    ...(served === undefined ? {} : { address: served.address }),
  });
}

main().catch((error: unknown) => {
  tellParent({ type: 'failed', error: toAppErrorData(error) });
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 100).unref();
});
