/** A simulated person for the demo: answers suggestions by the truth that was drawn, through the same gestures as a real one. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HostApi } from '../../../contract/host-api.ts';
import { computeIou } from '../../../core/geometry.ts';
import { acceptDiffs, rejectDiffs, reviewGesture } from '../../../core/review.ts';
import { samplePlace } from '../../host/sample-project.ts';
import type { SampleManifest } from '../../sample/sample.ts';

/** Overlap from which a person takes a box as it is. */
const goodIou = 0.6;
const minScore = 0.25;

/** Answers up to `limit` suggestions, least sure first. Returns what was said. */
export async function answerSuggestions(
  host: HostApi,
  userDataDir: string,
  limit: number,
): Promise<{ accepted: number; rejected: number }> {
  const truth = JSON.parse(await readFile(samplePlace(userDataDir).truthFile, 'utf8')) as SampleManifest;
  const byFile = new Map(truth.images.map((image) => [image.fileName, image.boxes]));
  const nameOf = new Map((await host.listClasses()).map((record) => [record.id, record.name]));
  const { items } = await host.reviewQueue({ order: 'least-sure', minScore, limit });
  const states = new Map(items.map(({ image }) => [image.id, image.state]));
  const answers = { accepted: 0, rejected: 0 };
  for (const { prediction, image } of items) {
    const isRight = (byFile.get(image.path) ?? []).some(
      ({ className, box }) =>
        className === nameOf.get(prediction.classId) && computeIou(box, prediction) >= goodIou,
    );
    const state = states.get(image.id) ?? image.state;
    const diffs = isRight ? acceptDiffs(prediction, state, randomUUID(), image) : rejectDiffs(prediction);
    await host.applyGesture(
      reviewGesture(randomUUID(), isRight ? 'Accept suggestion' : 'Reject suggestion', image.id, diffs),
    );
    answers[isRight ? 'accepted' : 'rejected'] += 1;
    if (isRight && (state === 'unseen' || state === 'empty')) states.set(image.id, 'labelled');
  }
  return answers;
}
