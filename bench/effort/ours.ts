/** The job done in the studio: every gesture and key goes through the editor's own input, keymap and commands, and what is drawn is checked. */
import { AppError } from '../../src/core/errors.ts';
import type { PixelBox } from '../../src/core/geometry.ts';
import type { BoxRecord, ClassRecord } from '../../src/core/records.ts';
import { matchesChord, resolveKeys } from '../../src/editor/keymap.ts';
import { studioPreset } from '../../src/editor/presets/studio.preset.ts';
import type { ImageDocument } from '../../src/editor/types.ts';
import { allActions } from '../../src/renderer/app/window-actions.ts';
import { driveEditor, makeImage } from '../../test/helpers/editor-driver.ts';
import { type JobImage, jobClasses, jobSize, orderByClass } from './job.ts';
import { type Effort, noEffort, withGesture, withKey } from './tally.ts';

const classes: readonly ClassRecord[] = jobClasses.map((name, position) => ({
  id: name,
  name,
  color: '#0072b2',
  key: String(position + 1),
  scientificName: null,
  position,
}));

/** Plays the job with the keys of the preset "Studio" and counts. Throws `bench/job-undone` when a box is missing, misplaced or of another class. */
export function playJob(job: readonly JobImage[]): Effort {
  const documents = job.map(
    (_, at): ImageDocument => ({
      image: makeImage(`image-${at}`, {
        ...jobSize,
        rawWidthPx: jobSize.widthPx,
        rawHeightPx: jobSize.heightPx,
      }),
      boxes: [],
      classes,
      predictions: [],
    }),
  );
  const drawn: (readonly BoxRecord[])[] = [];
  const hand = driveEditor({ document: documents[0] ?? null });
  const { editor } = hand;
  const actions = resolveKeys(allActions, studioPreset, {});
  let effort = noEffort;
  let at = 0;
  /** A key press as the window hears it: what leads to another image first, the rest is the editor's. */
  const press = (chord: string): void => {
    effort = withKey(effort, chord);
    const input = { type: 'keydown', key: chord, code: `Key${chord}`, isRepeat: false } as const;
    const none = { shift: false, alt: false, ctrl: false, meta: false };
    const next = actions.find(({ id }) => id === 'image.next');
    if (next?.keys.some((own) => matchesChord(own, { ...input, ...none })) !== true) {
      hand.press(chord);
      return;
    }
    drawn[at] = editor.getSnapshot().boxes;
    at += 1;
    const document = documents[at];
    if (document !== undefined) editor.open(document);
  };

  press('W');
  for (const [index, image] of job.entries()) {
    if (index > 0) press('D');
    const inHand = classes.findIndex(({ id }) => id === editor.getSnapshot().activeClassId);
    for (const box of orderByClass(image, inHand)) {
      hand.drag({ x: box.x, y: box.y }, { x: box.x + box.w, y: box.y + box.h });
      effort = withGesture(effort, 1);
      // The new box is selected: a digit gives it its class, and the boxes after it.
      if (editor.getSnapshot().activeClassId !== jobClasses[box.classIndex])
        press(String(box.classIndex + 1));
    }
  }
  drawn[at] = editor.getSnapshot().boxes;
  check(job, drawn);
  return effort;
}

function check(job: readonly JobImage[], drawn: readonly (readonly BoxRecord[])[]): void {
  const textOf = ({ x, y, w, h }: PixelBox, name: string): string =>
    `${name} ${[x, y, w, h].map((value) => Math.round(value)).join(' ')}`;
  for (const [at, image] of job.entries()) {
    const wanted = image.map((box) => textOf(box, jobClasses[box.classIndex] ?? '')).sort();
    const found = (drawn[at] ?? []).map((box) => textOf(box, box.classId)).sort();
    if (wanted.join() === found.join()) continue;
    throw new AppError({
      code: 'bench/job-undone',
      message: `Image ${at + 1} of the job has other boxes than it should have, so nothing was counted.`,
      hint: 'The gestures or keys of the editor have changed: bench/effort/ours.ts plays them.',
      details: { wanted, found },
    });
  }
}
