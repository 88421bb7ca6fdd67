/** Draws the sample project into a folder, with its labels as manifest.json, for measure.py: `node write-sample.ts FOLDER [IMAGES] [SEED]`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSample } from '../../src/main/sample/sample.ts';

const [outDir, images = '240', seed = '1'] = process.argv.slice(2);
if (outDir === undefined) {
  process.stderr.write('usage: node write-sample.ts FOLDER [IMAGES] [SEED]\n');
  process.exitCode = 2;
} else {
  const manifest = await generateSample({ outDir, seed: Number(seed), images: Number(images) });
  await writeFile(join(outDir, 'manifest.json'), JSON.stringify(manifest));
  const fish = manifest.images.reduce((sum, image) => sum + image.boxes.length, 0);
  process.stdout.write(`${manifest.images.length} images, ${fish} fish in ${outDir}\n`);
}
