/**
 * What the same job costs in three other tools by their documented keys, each in the cheapest of its ways that we know of. What a page does
 * not say is taken in the tool's favour. The classes are those of the job; opening the project, the folder and the settings' page is free.
 *
 * labelImg 1.8.6. Keys: README of HumanSignal/labelImg, "Hotkeys" (`w` box, `d` next image, `a` previous, `Space` verified). After each box it
 * asks for the class in a dialog whose field holds the last one: Enter keeps it, a double click in its list takes another (libs/labelDialog.py).
 * Advanced mode stays in drawing, "Use default label" asks nothing and takes the class of a drop-down list, auto save saves with the next
 * image (labelImg.py: new_shape, toggle_advanced_mode, open_next_image).
 *
 * CVAT 2. Keys: docs.cvat.ai, "Shortcuts" and the list under F1 (`N` draws again, `F` next frame, `D` previous, Ctrl and a digit give the next
 * shape's label, `Ctrl+S` saves). A rectangle by two points is two clicks ("Annotation with rectangles"). In "Single Shape" mode one label is
 * drawn without N; it is chosen from a list, and "automatically go to the next frame" is switched off.
 *
 * Label Studio 1.23. Keys: labelstud.io/guide/hotkeys (a digit takes a label, `Ctrl+Enter` submits and brings the next task). "Keep label
 * selected after creating a region" is on; tried in 1.23.2: the next task begins without a label.
 */
import { type JobImage, orderByClass } from './job.ts';
import { type Effort, noEffort, totalOf, withGesture, withKey } from './tally.ts';

export interface Way {
  /** How it is done, in a few words. */
  readonly text: string;
  readonly effort: Effort;
}

export interface PeerTool {
  readonly name: string;
  readonly ways: (job: readonly JobImage[]) => readonly Way[];
}

/** What every way is reckoned from. */
interface Facts {
  readonly images: number;
  readonly boxes: number;
  readonly classes: number;
  /** How often the class changes when the class in hand is kept from image to image. */
  readonly changes: number;
  /** Sum over the images of the classes on each: how often a class is chosen when none is kept. */
  readonly choices: number;
}

function readFacts(job: readonly JobImage[]): Facts {
  let inHand: number | null = null;
  let changes = 0;
  for (const image of job) {
    for (const { classIndex } of orderByClass(image, inHand)) {
      if (inHand !== null && inHand !== classIndex) changes += 1;
      inHand = classIndex;
    }
  }
  const classesOf = (image: JobImage): number => new Set(image.map(({ classIndex }) => classIndex)).size;
  return {
    images: job.length,
    boxes: job.reduce((sum, image) => sum + image.length, 0),
    classes: new Set(job.flatMap((image) => image.map(({ classIndex }) => classIndex))).size,
    changes,
    choices: job.reduce((sum, image) => sum + classesOf(image), 0),
  };
}

/** Once through all images for each class, to and fro: every image is passed, whether it has the class or not. */
const passSteps = ({ classes, images }: Facts): number => classes * (images - 1);

const labelImg: PeerTool = {
  name: 'labelImg 1.8.6',
  ways: (job) => {
    const facts = readFacts(job);
    const { images, boxes, classes, changes } = facts;
    // Ctrl+Shift+A for advanced mode, then w.
    const begun = withKey(withKey(noEffort, 'Ctrl+Shift+A'), 'w');
    const drawn = withGesture(begun, 1, boxes);
    return [
      {
        text: 'a dialog for each box',
        effort: withKey(
          // The first box has no last class to keep.
          withGesture(withKey(drawn, 'Enter', boxes - changes - 1), 2, changes + 1),
          'd',
          images - 1,
        ),
      },
      {
        text: 'default label from its list at each change',
        effort: withKey(withGesture(withGesture(drawn, 1), 1, 2 * (changes + 1)), 'd', images - 1),
      },
      {
        text: 'default label, once through the images for each class',
        effort: withKey(withGesture(withGesture(drawn, 1), 1, 2 * classes), 'd', passSteps(facts)),
      },
    ];
  },
};

const cvat: PeerTool = {
  name: 'CVAT 2',
  ways: (job) => {
    const facts = readFacts(job);
    const { images, boxes, classes, changes } = facts;
    const drawn = withKey(withGesture(noEffort, 2, boxes), 'Ctrl+S');
    return [
      {
        text: 'N for each box',
        effort: withKey(withKey(withKey(drawn, 'N', boxes), 'Ctrl+1', changes + 1), 'F', images - 1),
      },
      {
        text: 'Single Shape mode, once through the images for each class',
        // Two clicks choose the mode, one switches the automatic step off, two choose each label.
        effort: withKey(withGesture(drawn, 1, 3 + 2 * classes), 'F', passSteps(facts)),
      },
    ];
  },
};

const labelStudio: PeerTool = {
  name: 'Label Studio 1.23',
  ways: (job) => {
    const { images, boxes, choices } = readFacts(job);
    const drawn = withGesture(noEffort, 1, boxes);
    return [
      {
        text: 'a label is kept while an image is open',
        effort: withKey(withKey(drawn, '1', choices), 'Ctrl+Enter', images),
      },
      {
        text: 'as it comes: a label for each box',
        effort: withKey(withKey(drawn, '1', boxes), 'Ctrl+Enter', images),
      },
    ];
  },
};

export const peers: readonly PeerTool[] = [labelImg, cvat, labelStudio];

/** The way with the fewest gestures and keys. */
export function cheapest(ways: readonly Way[]): Way {
  return ways.reduce((best, way) => (totalOf(way.effort) < totalOf(best.effort) ? way : best));
}
