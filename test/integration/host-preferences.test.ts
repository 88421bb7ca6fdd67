/** A person's preferences: kept over restarts, never in the way when the file is damaged. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appRouter } from '../../src/contract/router.ts';
import { firstPreferences } from '../../src/core/preferences.ts';
import { createPreferencesArea } from '../../src/main/host/preferences.ts';
import { startTestHost } from '../helpers/test-host.ts';

it('keeps what was chosen, one thing at a time, for the next start of the studio', async () => {
  await using test = await startTestHost({ images: 0 });
  expect(await test.api.preferences()).toEqual(firstPreferences);
  await test.api.savePreferences({ language: 'de' });
  await test.api.savePreferences({ preset: 'cvat', keys: { 'tool.box': ['9'] } });
  const again = createPreferencesArea({ userDataDir: path.join(test.dir, 'home') });
  expect(await again.preferences()).toEqual({ language: 'de', preset: 'cvat', keys: { 'tool.box': ['9'] } });
});

it('begins anew with a file that is damaged, or that a newer studio wrote', async () => {
  await using test = await startTestHost({ images: 0 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.constant('{"preset":"emacs"}')), async (content) => {
      writeFileSync(path.join(test.dir, 'home', 'preferences.json'), content);
      expect(await test.api.preferences()).toMatchObject({ keys: expect.any(Object) });
    }),
    { numRuns: 40 },
  );
});

it('refuses preferences that no studio could follow', async () => {
  await using test = await startTestHost({ images: 0 });
  const caller = appRouter.createCaller({ host: test.api });
  const wrong = { preset: 'emacs' } as unknown as { preset: 'studio' };
  await expect(caller.savePreferences(wrong)).rejects.toThrow();
  await expect(caller.savePreferences({ keys: { 'tool.box': ['x'.repeat(100)] } })).rejects.toThrow();
  expect(await caller.preferences()).toEqual(firstPreferences);
});
