/** A project of drawn photographs, all labelled, with copies and a leak planted: for stories and benchmarks of the audit. */
import type { HostApi } from '../../src/contract/host-api.ts';
import type { RecordDiff } from '../../src/core/diffs.ts';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { whenOver } from './test-host.ts';

export interface PlantedProject {
  readonly manifest: SampleManifest;
  /** Image id by file name. */
  readonly idOf: ReadonlyMap<string, string>;
}

/** Draws into `imagesDir`, makes a project of it and opens it. Groups are those of the scan: nobody told it the boats. */
export async function makePlantedProject(
  api: HostApi,
  options: { imagesDir: string; seed: number; images: number; leak?: number; copies?: number },
): Promise<PlantedProject> {
  const { imagesDir, seed, images, leak = 1, copies = 0 } = options;
  const manifest = await generateSample({ outDir: imagesDir, seed, images, leak, copies });
  const classes = manifest.classes.map(({ name }) => name);
  const { jobId } = await api.createProject({ imagesDir, name: `planted ${seed}`, classes });
  await whenOver(api, jobId);
  const idOf = new Map(
    (await api.listImages({ filter: {}, offset: 0, limit: 5000 })).items.map(({ id, path }) => [path, id]),
  );
  const classIds = new Map((await api.listClasses()).map(({ id, name }) => [name, id]));
  const diffs = manifest.images.flatMap((image): RecordDiff[] => {
    const imageId = idOf.get(image.fileName) ?? '';
    const boxes = image.boxes.map(({ className, box }, i): RecordDiff => {
      const id = `b-${image.fileName}-${i}`;
      const { x, y, w, h } = box;
      const origin = {
        source: 'import',
        modelId: null,
        score: null,
        attributes: {},
        head: null,
        tail: null,
      } as const;
      return {
        table: 'boxes',
        id,
        before: null,
        after: { id, imageId, classId: classIds.get(className) ?? '', x, y, w, h, ...origin },
      };
    });
    const mark: RecordDiff = {
      table: 'images',
      id: imageId,
      before: { id: imageId, state: 'unseen' },
      after: { id: imageId, state: image.state },
    };
    return [...boxes, mark];
  });
  await api.applyGesture({
    id: `truth-${seed}`,
    kind: 'do',
    of: null,
    label: 'Label',
    imageId: null,
    source: 'import',
    diffs,
  });
  return { manifest, idOf };
}
