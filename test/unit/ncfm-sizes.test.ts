/**
 * The contest's own leak, as far as box files without photographs show it. They have no sizes, but a box that ends at row 900 cannot lie in a
 * photograph of 720 rows: each photograph is given the commonest of the contest's ten sizes that holds all its boxes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type LeakImage, runLeakTest } from '../../src/core/audit/leak-test.ts';
import { createRandom } from '../../src/core/random.ts';
import { describeWithShared } from '../helpers/shared-data.ts';

/** Width, height and how many of 3,277 training photographs have it, the commonest first. */
const sizes = [
  [1280, 720, 1880],
  [1280, 750, 520],
  [1280, 974, 344],
  [1276, 718, 192],
  [1192, 670, 169],
  [1280, 924, 51],
  [1518, 854, 37],
  [1732, 974, 33],
  [1334, 750, 28],
  [1244, 700, 23],
] as const;

interface Entry {
  readonly annotations?: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

function readBoxes(dir: string): LeakImage[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('_labels.json'))
    .sort()
    .flatMap((name) =>
      (JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as Entry[]).flatMap(
        ({ annotations = [] }): LeakImage[] => {
          if (annotations.length === 0) return [];
          const right = Math.max(...annotations.map(({ x, width }) => x + width));
          const bottom = Math.max(...annotations.map(({ y, height }) => y + height));
          // Boxes drawn by hand end up to a pixel outside.
          const held = sizes.find(([width, height]) => right <= width + 1 && bottom <= height + 1);
          if (held === undefined) return [];
          const nothing = {
            camera: null,
            tables: null,
            capturedAtMs: null,
            border: null,
            background: null,
            features: null,
          };
          const className = name.replace('_labels.json', '');
          return [
            {
              ...nothing,
              path: 'photo.jpg',
              widthPx: held[0],
              heightPx: held[1],
              group: null,
              chain: null,
              className,
            },
          ];
        },
      ),
    );
}

describeWithShared('the box files of the fisheries contest', (shared) => {
  it('give the class away by the size that their boxes ask of the photograph', () => {
    const images = readBoxes(path.join(shared, 'ncfm-boxes', 'jkjung-avt'));
    expect(images.length).toBeGreaterThan(3700);
    const steps = runLeakTest(images, 'class', createRandom(1));
    for (;;) {
      const step = steps.next();
      if (step.done !== true) continue;
      const [suspect] = step.value?.suspects ?? [];
      const [figure] = suspect?.figures ?? [];
      expect(suspect?.id).toBe('pixel-size');
      expect(figure?.isFound).toBe(true);
      expect(figure?.gainInterval?.low).toBeGreaterThan(0.01);
      expect(figure?.accuracyInterval?.low).toBeGreaterThan((figure?.majority ?? 1) - 0.02);
      return;
    }
  }, 120_000);
});
