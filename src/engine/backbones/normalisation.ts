/** How a net wants its pixels: what the person says, what the file says, or what is known of this very file. Never a guess. */
import { AppError } from '../../core/errors.ts';
import type { BackboneManifest } from './backbone-manifest.ts';
import type { OnnxGraphData } from './onnx-graph.ts';

/** Pixels in `scale`, in the order `colour`, minus `mean`, divided by `std`; both in that order too. */
export type Normalisation = Pick<BackboneManifest['input'], 'mean' | 'std' | 'scale' | 'colour'>;

/** The usual ones by the name they can be asked for. */
export const NORMALISATIONS: Readonly<Record<string, Normalisation>> = {
  /** torchvision and most nets exported from PyTorch. */
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], scale: '0..1', colour: 'RGB' },
  /** Nets that stem from Caffe, Keras's VGG and ResNet v1 among them. */
  caffe: { mean: [103.939, 116.779, 123.68], std: [1, 1, 1], scale: '0..255', colour: 'BGR' },
  /** −1..1: Keras's Inception, Xception, MobileNet, and ResNet v2. */
  symmetric: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], scale: '0..1', colour: 'RGB' },
  /** 0..1 as they are: Keras's DenseNet minus its mean is `imagenet`, not this. */
  unit: { mean: [0, 0, 0], std: [1, 1, 1], scale: '0..1', colour: 'RGB' },
  /** 0..255 as they are: nets that normalise inside, such as Keras's EfficientNet. */
  bytes: { mean: [0, 0, 0], std: [1, 1, 1], scale: '0..255', colour: 'RGB' },
};

/** Published files whose normalisation is documented, by sha256. */
const KNOWN_FILES: Readonly<
  Record<string, Normalisation & { readonly net: string; readonly licence: string }>
> = {
  '21f25e3d9254af93e6218a359469fac714a017b3f9035c0f5c4acbf9a3ff7233': {
    net: 'SqueezeNet 1.1 of microsoft/Windows-Machine-Learning',
    licence: 'MIT',
    mean: [104, 117, 123],
    std: [1, 1, 1],
    scale: '0..255',
    colour: 'BGR',
  },
};

/** What a person said; anything left out is taken from where it is known. */
export interface AskedNormalisation {
  readonly name?: string | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  readonly scale?: string | undefined;
  readonly colour?: string | undefined;
}

/** A normalisation and, in a sentence, where it comes from. */
export interface FoundNormalisation {
  readonly normalisation: Normalisation;
  readonly assumed: string;
  /** The licence, where the very file is known. */
  readonly licence?: string;
}

/**
 * Decides how pixels are fed. What a person says wins, whole or in part; else the file is known, or says so itself (ONNX's image metadata).
 * Throws `backbone/normalisation-unknown` rather than guess, `backbone/bad-normalisation` for values that make no sense.
 */
export function decideNormalisation(
  asked: AskedNormalisation,
  graph: Pick<OnnxGraphData, 'metadata'>,
  sha256: string,
): FoundNormalisation {
  const { name = '' } = asked;
  const named = Object.hasOwn(NORMALISATIONS, name) ? NORMALISATIONS[name] : undefined;
  if (asked.name !== undefined && named === undefined) throw bad(`there is none called “${asked.name}”`);
  const known = KNOWN_FILES[sha256];
  const base: FoundNormalisation | undefined =
    named !== undefined
      ? { normalisation: named, assumed: `the person named “${asked.name}”` }
      : known !== undefined
        ? { normalisation: pick(known), assumed: `this file is ${known.net}`, licence: known.licence }
        : readImageMetadata(graph.metadata);
  const { mean, std, scale, colour } = asked;
  const parts = { mean, std, scale, colour };
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  if (given.length === 0 && base !== undefined) return base;
  const whole = { ...base?.normalisation, ...Object.fromEntries(given) };
  const missing = Object.keys(parts).filter((key) => !(key in whole));
  if (missing.length > 0) throw unknown(missing);
  const said = `the person gave ${given.map(([key]) => key).join(', ')}`;
  return {
    normalisation: check(whole),
    assumed: base === undefined ? said : `${said}; for the rest, ${base.assumed}`,
    ...(base?.licence === undefined ? {} : { licence: base.licence }),
  };
}

const pick = ({ mean, std, scale, colour }: Normalisation): Normalisation => ({ mean, std, scale, colour });

function check(values: {
  readonly mean?: unknown;
  readonly std?: unknown;
  readonly scale?: unknown;
  readonly colour?: unknown;
}): Normalisation {
  const { mean, std, scale, colour } = values;
  if (!isTriple(mean)) throw bad('the mean must be three numbers');
  if (!isTriple(std) || std.some((value) => value <= 0)) throw bad('the std must be three numbers above 0');
  if (scale !== '0..1' && scale !== '0..255') throw bad('the scale must be 0..1 or 0..255');
  if (colour !== 'RGB' && colour !== 'BGR') throw bad('the colour order must be RGB or BGR');
  return { mean, std, scale, colour };
}

function isTriple(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((item) => Number.isFinite(item));
}

const COLOURS: ReadonlyMap<string, Normalisation['colour']> = new Map([
  ['Rgb8', 'RGB'],
  ['Bgr8', 'BGR'],
]);
const RANGES: ReadonlyMap<string, string> = new Map([
  ['NominalRange_0_255', 'bytes'],
  ['Normalized_0_1', 'unit'],
  ['Normalized_1_1', 'symmetric'],
]);

/** ONNX's own keys (docs/MetadataProps.md of the specification); only both together leave nothing open. */
function readImageMetadata(metadata: ReadonlyMap<string, string>): FoundNormalisation | undefined {
  const colour = COLOURS.get(metadata.get('Image.BitmapPixelFormat') ?? '');
  const range = metadata.get('Image.NominalPixelRange') ?? '';
  const name = RANGES.get(range);
  const base = name === undefined ? undefined : NORMALISATIONS[name];
  if (colour === undefined || base === undefined) return undefined;
  return { normalisation: { ...base, colour }, assumed: `the file says ${colour}, ${range}` };
}

function unknown(missing: readonly string[]): AppError {
  return new AppError({
    code: 'backbone/normalisation-unknown',
    message: `How this net wants its pixels is not known (${missing.join(', ')}), and a wrong guess would spoil every feature without a sign, so it was not added.`,
    hint: `Look where the net comes from, then name one of ${Object.keys(NORMALISATIONS).join(', ')} with --normalisation (from PyTorch it is nearly always imagenet), or give --mean, --std, --scale and --colour.`,
    details: { missing },
  });
}

function bad(what: string): AppError {
  return new AppError({
    code: 'backbone/bad-normalisation',
    message: `The normalisation cannot be used: ${what}. Nothing was added.`,
    hint: `Name one of ${Object.keys(NORMALISATIONS).join(', ')}, or give a mean and a std of three numbers each, a scale (0..1 or 0..255) and a colour order (RGB or BGR).`,
  });
}
