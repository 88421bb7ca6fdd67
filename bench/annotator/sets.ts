/** The photographs that the simulated person labels: laid out as YOLO has them, `train` to label and `valid` to judge the models by. */
import { copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { aquarium } from '../studio-commands.ts';

export interface PhotographSet {
  /** As `CATCHLIGHT_BENCH_SET` names it. */
  readonly name: string;
  readonly title: string;
  /**
   * Named plans of trainings: photographs labelled × how long the training after them takes, in minutes or, with an e, in visits of each
   * photograph; `@` and a recipe where it is not the detector.
   */
  readonly plans: Readonly<Record<'short' | 'usual' | 'long', string>>;
  /** True where the person sets that photographs hold one fish at most: only the surest suggestion is asked about. */
  readonly oneFish: boolean;
  /** Settings of the detector that the person chose for such photographs; where they choose none, its own. */
  readonly detector: Readonly<Record<string, unknown>>;
  /** The folder with `train`, `valid` and `data.yaml`; whatever must be made for it goes into `folder`. */
  lay(folder: string, photographs: number): Promise<string>;
}

export const aquariumSet: PhotographSet = {
  name: 'aquarium',
  title: 'the aquarium training photographs, many fish each',
  oneFish: false,
  detector: {},
  plans: {
    // One seed within twelve minutes on two quiet cores.
    short: '20x0.5,60x1,150x2,300x2',
    // What a person who waits for nothing would let it do.
    usual: '20x1,50x1.5,100x2,200x3,320x3',
    // The machine trains about an hour, beside a person who needs four.
    long: '20x1,50x3,100x10@detector-fine,200x20@detector-fine,320x30@detector-fine',
  },
  async lay(folder, photographs) {
    const data = aquarium();
    if (!Number.isFinite(photographs)) return data;
    const some = path.join(folder, 'some');
    for (const [side, count] of [
      ['train', photographs],
      ['valid', Math.ceil(photographs / 3)],
    ] as const)
      for (const part of ['images', 'labels']) {
        const target = path.join(some, side, part);
        await mkdir(target, { recursive: true });
        for (const name of (await readdir(path.join(data, side, part))).sort().slice(0, count))
          await copyFile(path.join(data, side, part, name), path.join(target, name));
      }
    await copyFile(path.join(data, 'data.yaml'), path.join(some, 'data.yaml'));
    return some;
  },
};

/** Photographs to label unless told. */
const singleFish = 300;
/** Of the drawn sample, about so many have one fish. */
const oneIn = 2.2;

export const singleFishSet: PhotographSet = {
  name: 'single-fish',
  title: 'drawn photographs with one fish each',
  oneFish: true,
  // A narrow net, few labels seen in many ways, and each photograph read twice: the box of one fish is to be right, not many to be found.
  detector: { width: 128, copies: 2, mirror: 'always' },
  plans: {
    // The boxes of a model of ten photographs already save more than they take, so the first training begins early.
    short: '8x60e,30x30e,80x20e',
    usual: '8x60e,30x30e,80x25e,170x20e',
    long: '8x60e,30x40e,80x5@detector-fine,170x10@detector-fine',
  },
  async lay(folder, photographs) {
    const wanted = Number.isFinite(photographs) ? photographs : singleFish;
    const judges = Math.ceil(wanted / 6);
    const drawn = path.join(folder, 'drawn');
    const images = Math.ceil((wanted + judges) * oneIn * 1.15);
    const sample = await generateSample({ outDir: drawn, seed: 1, images });
    const data = path.join(folder, 'single-fish');
    const own = sample.images.filter(({ boxes }) => boxes.length === 1).slice(0, wanted + judges);
    for (const side of ['train', 'valid'])
      for (const part of ['images', 'labels']) await mkdir(path.join(data, side, part), { recursive: true });
    for (const [at, image] of own.entries())
      await layOne(sample, image, drawn, path.join(data, at < wanted ? 'train' : 'valid'));
    const names = sample.classes.map(({ name }) => name).join(', ');
    await writeFile(
      path.join(data, 'data.yaml'),
      `names: [${names}]\ntrain: train/images\nval: valid/images\n`,
    );
    return data;
  },
};

async function layOne(
  { classes }: SampleManifest,
  { fileName, widthPx, heightPx, boxes }: SampleManifest['images'][number],
  from: string,
  to: string,
): Promise<void> {
  await rename(path.join(from, fileName), path.join(to, 'images', fileName));
  const lines = boxes.map(({ className, box: { x, y, w, h } }) => {
    const index = classes.findIndex(({ name }) => name === className);
    return [index, (x + w / 2) / widthPx, (y + h / 2) / heightPx, w / widthPx, h / heightPx].join(' ');
  });
  await writeFile(path.join(to, 'labels', `${path.parse(fileName).name}.txt`), `${lines.join('\n')}\n`);
}

export const photographSets: readonly PhotographSet[] = [aquariumSet, singleFishSet];
