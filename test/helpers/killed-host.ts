/** A host in a process of its own that saves the gestures it is sent, for a test that kills it. */
import { gestureSchema } from '../../src/core/diffs.ts';
import { createHost } from '../../src/main/host/host.ts';

const [projectDir = '', userDataDir = ''] = process.argv.slice(2);
const host = await createHost({ shell: 'serve', userDataDir });
await host.api.openProject({ path: projectDir });
process.on('message', async (message) => {
  process.send?.(await host.api.applyGesture(gestureSchema.parse(message)));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
