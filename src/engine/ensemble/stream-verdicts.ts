/** Photographs streamed through every member: each photograph's features are computed once for all members that read the same ones. */
import type { Backbone } from '../backbones/load-backbone.ts';
import { isNativeBackendActive } from '../backends/native-binding.ts';
import { type StreamedFeatures, streamFeatures } from '../features/compute-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { streamFrames } from '../features/stream-frames.ts';
import type { EngineImage, EngineInput } from '../messages.ts';
import type { LoadedModel } from '../train/load-model.ts';
import type { Verdict } from './join.ts';
import type { Limits, Members } from './open-members.ts';

/** Photographs a run of the net on a native backend: one alone leaves cores idle between its layers, more make the first ones wait. */
const BATCH = 4;
/** Photographs that wait for the other members at a time. */
const CHUNK = 64;

/** Members that read the same features of the same photographs. */
interface Lane {
  readonly features: Backbone;
  readonly store: FeatureStore;
  /** Index among all members. */
  readonly members: readonly { readonly index: number; readonly model: LoadedModel<Backbone> }[];
}

export type StreamedVerdict =
  | { readonly index: number; readonly verdict: Verdict }
  | { readonly index: number; readonly error: unknown };

export interface VerdictOptions
  extends Pick<EngineInput<'predict'>, 'featuresDir' | 'canvas' | 'neighbours'> {
  readonly members: Members;
  readonly images: readonly EngineImage[];
  readonly limits: Limits;
  readonly signal?: AbortSignal;
}

/**
 * A verdict a photograph, in memory independent of their number; in the order given, except that a single model of clips goes clip by clip. A
 * photograph that cannot be read yields its `error`. Throws `job/cancelled` after the signal.
 */
export async function* streamVerdicts(
  options: VerdictOptions,
): AsyncGenerator<StreamedVerdict, void, undefined> {
  const lanes = await openLanes(options);
  try {
    if (lanes.length === 1) yield* streamLane(options, lanes[0] as Lane, options.images);
    else {
      for (let at = 0; at < options.images.length; at += CHUNK)
        yield* streamChunk(options, lanes, options.images.slice(at, at + CHUNK), at);
    }
  } finally {
    for (const store of new Set(lanes.map((lane) => lane.store))) await store.close();
  }
}

async function openLanes({ members, featuresDir, canvas }: VerdictOptions): Promise<Lane[]> {
  const lanes: Lane[] = [];
  const stores = new Map<string, FeatureStore>();
  // A model of clips reads windows: a lane of its own.
  const groups = Map.groupBy(
    members.models.map((model, index) => ({ model, index })),
    ({ model, index }) => (model.frames === undefined ? model.features.hash : `clips/${index}`),
  );
  for (const group of groups.values()) {
    const { features } = (group[0] as (typeof group)[number]).model;
    const store =
      stores.get(features.hash) ?? (await openFeatureStore({ featuresDir, backbone: features, canvas }));
    stores.set(features.hash, store);
    lanes.push({ features, store, members: group });
  }
  return lanes;
}

async function* streamChunk(
  options: VerdictOptions,
  lanes: readonly Lane[],
  images: readonly EngineImage[],
  at: number,
): AsyncGenerator<StreamedVerdict, void, undefined> {
  const said = images.map((): Verdict[] => []);
  const errors = new Map<number, unknown>();
  for (const lane of lanes) {
    for await (const batch of streamBatches(options, lane, images)) {
      for (const item of batch) if ('error' in item) errors.set(item.index, item.error);
      askLane(options, lane, images, batch, said);
    }
  }
  for (const [i, verdicts] of said.entries()) {
    const index = at + i;
    if (errors.has(i)) yield { index, error: errors.get(i) };
    else yield { index, verdict: options.members.join(verdicts, options.limits) };
  }
}

async function* streamLane(
  options: VerdictOptions,
  lane: Lane,
  images: readonly EngineImage[],
): AsyncGenerator<StreamedVerdict, void, undefined> {
  for await (const batch of streamBatches(options, lane, images)) {
    const said: Verdict[][] = [];
    askLane(options, lane, images, batch, said);
    for (const item of batch) {
      if ('error' in item) yield { index: item.index, error: item.error };
      else
        yield {
          index: item.index,
          verdict: options.members.join(said[item.index] as Verdict[], options.limits),
        };
    }
  }
}

/** What is streamed, so many at a time as a net runs on at once. */
async function* streamBatches(
  options: VerdictOptions,
  lane: Lane,
  images: readonly EngineImage[],
): AsyncGenerator<StreamedFeatures[], void, undefined> {
  const size = isNativeBackendActive() ? BATCH : 1;
  let batch: StreamedFeatures[] = [];
  for await (const item of streamMaps(options, lane, images)) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function streamMaps(
  { canvas, signal, neighbours = [], images: all }: VerdictOptions,
  { features, store, members }: Lane,
  images: readonly EngineImage[],
): AsyncGenerator<StreamedFeatures, void, undefined> {
  const stream = { backbone: features, canvas, images, store, ...(signal && { signal }) };
  const { frames, taps } = (members[0] as Lane['members'][number]).model;
  return frames === undefined
    ? streamFeatures({
        ...stream,
        mirrored: members.some(({ model }) => model.card.mirrored === true),
        closeUps: members.some(({ model }) => model.card.closeUps === true),
      })
    : streamFrames({ ...stream, view: frames, taps, neighbours: [...all, ...neighbours] });
}

/** Asks every member of the lane about a batch; `said` holds the verdicts of all members by the image's index. */
function askLane(
  { members, limits }: VerdictOptions,
  lane: Lane,
  images: readonly EngineImage[],
  batch: readonly StreamedFeatures[],
  said: Verdict[][],
): void {
  const seen = batch.flatMap((item) =>
    'error' in item ? [] : [{ ...item, image: images[item.index] as EngineImage }],
  );
  if (seen.length === 0) return;
  const asked = members.ask(limits);
  for (const { index, model } of lane.members) {
    model.predictWindows(seen, asked).forEach((verdict, i) => {
      const image = (seen[i] as (typeof seen)[number]).index;
      said[image] ??= [];
      (said[image] as Verdict[])[index] = verdict;
    });
  }
}
