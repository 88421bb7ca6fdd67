/** The studio as a whole, its window and a real host, on the photograph and the boxes of the stream. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Gesture } from '../../src/core/diffs.ts';
import type { PixelBox } from '../../src/core/geometry.ts';
import { fitCamera, toView } from '../../src/editor/camera.ts';
import type { Host } from '../../src/main/host/host.ts';
import { makeBox } from '../../test/helpers/editor-driver.ts';
import { type Studio, startStudio } from '../../test/helpers/studio.ts';
import { createMeter, type Meter } from './meter.ts';
import { photograph, type Surface } from './stream.ts';

export interface OurStudio extends AsyncDisposable {
  readonly studio: Studio;
  readonly meter: Meter;
  /** Shows the photograph with that many boxes. */
  open(count: number): Promise<Surface>;
}

/** A project with the photograph once for each list of boxes, in `dir`, and its window. */
export async function startOurs(
  dir: string,
  jpegOf: (at: number) => Promise<Uint8Array>,
  lists: readonly (readonly PixelBox[])[],
  classes: readonly string[],
): Promise<OurStudio> {
  const photos = path.join(dir, 'photographs');
  mkdirSync(photos, { recursive: true });
  // The comment makes each file another one: the same photograph twice would be one image.
  for (const at of lists.keys()) writeFileSync(path.join(photos, `${at}.jpg`), await jpegOf(at));
  const studio = await startStudio({ dir, width: 1440, height: 900 });
  try {
    const ids = await makeProject(studio.host, dir, photos, lists, classes);
    const { page } = studio;
    page.setDefaultTimeout(120_000);
    const meter = await createMeter(page);
    // The meter hears a page from its start.
    await page.reload();
    await page.goto(`${new URL(page.url()).origin}/#/annotate`);
    const region = page.getByRole('application');
    return {
      studio,
      meter,
      open: async (count) => {
        const at = lists.findIndex((boxes) => boxes.length === count);
        const imageId = ids[at] ?? '';
        await page.evaluate((id) => {
          location.hash = `#/annotate/${id}`;
        }, imageId);
        // The list for screen readers begins with how many there are.
        const list = page.getByRole('region', { name: 'Boxes on this image' });
        await list
          .getByText(new RegExp(`^${count.toLocaleString('en').replace(',', ',?')} labels`))
          .waitFor();
        await region.focus();
        await page.keyboard.press('v');
        await page.keyboard.press('f');
        return {
          page,
          meter,
          toPage: async (point) => {
            const rect = await region.boundingBox();
            if (rect === null) throw new Error('the canvas is gone');
            const viewport = { widthView: rect.width, heightView: rect.height, dpr: 1 };
            const onView = toView(fitCamera(photograph, viewport), point);
            return { x: rect.x + onView.x, y: rect.y + onView.y };
          },
          startPan: () => page.keyboard.down(' '),
          stopPan: () => page.keyboard.up(' '),
          findBox: async (index) => {
            // What is drawn is on its way to the host.
            await page.getByRole('status').getByText('Saved').waitFor();
            const { boxes } = await studio.host.api.getImage({ id: imageId });
            const box = boxes.find(({ id }) => id === `box-${at}-${index}`);
            if (box === undefined) throw new Error(`there is no box ${index}`);
            return box;
          },
        };
      },
      [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose](),
    };
  } catch (error) {
    await studio[Symbol.asyncDispose]();
    throw error;
  }
}

/** Image ids in the order of the lists. */
async function makeProject(
  { api }: Host,
  dir: string,
  photos: string,
  lists: readonly (readonly PixelBox[])[],
  classes: readonly string[],
): Promise<string[]> {
  const { jobId } = await api.createProject({
    imagesDir: photos,
    dir: path.join(dir, 'canvas.catchlight'),
    classes: [...classes],
  });
  for await (const event of api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: lists.length });
  const known = await api.listClasses();
  const ids: string[] = [];
  for (const [at, boxes] of lists.entries()) {
    const imageId = items.find((item) => item.path === `${at}.jpg`)?.id ?? '';
    ids.push(imageId);
    const records = boxes.map((box, i) =>
      makeBox(`box-${at}-${i}`, { ...box, imageId, classId: known[i % known.length]?.id ?? '' }),
    );
    const gesture: Gesture = {
      id: `boxes-${at}`,
      kind: 'do',
      of: null,
      label: 'Draw boxes',
      imageId,
      source: 'person',
      diffs: [
        ...records.map((after) => ({ table: 'boxes', id: after.id, before: null, after }) as const),
        {
          table: 'images',
          id: imageId,
          before: { id: imageId, state: 'unseen' },
          after: { id: imageId, state: 'labelled' },
        },
      ],
    };
    await api.applyGesture(gesture);
  }
  return ids;
}
