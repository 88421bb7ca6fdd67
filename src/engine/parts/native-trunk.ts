/**
 * A trunk in training on native TensorFlow, forwards and backwards in one piece: maps stay in the number format they are multiplied in from
 * the first layer to the last, no gradient is computed for what is frozen, and what the way back needs is let go as soon as it was used.
 */
import type { Trunk } from '../backbones/trunk.ts';
import type { ConvStep, TrunkStep } from '../backbones/trunk-steps.ts';
import { getNativeBackend, isNativeBackendActive, nativeBackendName } from '../backends/native-binding.ts';
import { isHalfPrecision } from '../backends/native-half.ts';
import { type RawMap, RawMaps, type RawWindow } from '../backends/raw-maps.ts';
import { type Tensor, type Tensor4D, tf } from '../backends/tf.ts';
import { isCentred } from './trunk-layers.ts';

/** A convolution's weights as they are now: `[kh, kw, in, out]` and `[out]`. */
export interface ConvWeights {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

const KERNEL = 'CatchlightTrunk';

/** True where {@link applyNativeTrunk} can be used: native TensorFlow, and a trunk of convolutions, ReLUs, sums and doublings alone. */
export function canRunNatively({ steps }: Trunk): boolean {
  return isNativeBackendActive() && steps.every(isPlain);
}

function isPlain(step: TrunkStep): boolean {
  if (step.kind === 'conv') return !step.depthwise;
  if (step.kind === 'relu') return step.max === null;
  return step.kind === 'add' || step.kind === 'double' || step.kind === 'same';
}

/**
 * The taps of `trunk` for `features` `[n, h, w, cut.channels]`, in the trunk's order, as its layers would give them, in the precision that
 * `withPrecision` set. `weightsOf` tells the weights of a convolution by its output; gradients flow to them and not to `features`. To be
 * called where gradients are taken: what is kept for them goes when they were, or with the next call.
 */
export function applyNativeTrunk(
  trunk: Trunk,
  features: Tensor4D,
  weightsOf: (output: string) => ConvWeights,
): Tensor4D[] {
  register();
  const convs = trunk.steps.filter((step): step is ConvStep => step.kind === 'conv');
  const inputs: Record<string, Tensor> = { features };
  for (const { output } of convs) {
    const { kernel, bias } = weightsOf(output);
    inputs[kernelOf(output)] = kernel;
    inputs[biasOf(output)] = bias;
  }
  return tf.engine().runKernel(KERNEL, inputs, { trunk } as never) as Tensor4D[];
}

const kernelOf = (output: string): string => `kernel/${output}`;
const biasOf = (output: string): string => `bias/${output}`;

let open: TrunkRun | undefined;
let isRegistered = false;

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: nativeBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      open?.dispose();
      open = new TrunkRun((attrs as unknown as { trunk: Trunk }).trunk, inputs as Record<string, Tensor>);
      return open.forward();
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    gradFunc: (dys) => {
      const run = open;
      if (run === undefined) throw new RangeError('the trunk has no way back: its forward pass is gone');
      let gradients: ReadonlyMap<string, () => Tensor> | undefined;
      const read = (name: string) => (): Tensor => {
        gradients ??= run.backward(dys as Tensor[]);
        const give = gradients.get(name);
        if (give === undefined) throw new RangeError(`the trunk has no gradient of ${name}`);
        return give();
      };
      return Object.fromEntries(run.inputNames.map((name) => [name, read(name)]));
    },
  });
}

/** Where gradients go. */
interface WayBack {
  /** Whether anything that moves lies before that tensor. */
  readonly isWanted: (name: string) => boolean;
  /** A gradient of a tensor of the graph, to be added to those from elsewhere. */
  readonly flow: (name: string, gradient: RawMap) => void;
  /** The gradient of a weight. */
  readonly found: (name: string, gradient: RawMap) => void;
}

/** One pass, forwards and then backwards. */
class TrunkRun {
  readonly inputNames: readonly string[];
  readonly #trunk: Trunk;
  readonly #inputs: Readonly<Record<string, Tensor>>;
  readonly #maps = new RawMaps(getNativeBackend(), isHalfPrecision() ? 'bfloat16' : 'float32');
  /** Tensors of the graph that are needed on the way back. */
  readonly #values = new Map<string, RawMap>();
  /** Inputs of convolutions that had noughts laid around them. */
  readonly #padded = new Map<string, RawMap>();
  readonly #kernels = new Map<string, RawMap>();

  constructor(trunk: Trunk, inputs: Readonly<Record<string, Tensor>>) {
    this.#trunk = trunk;
    this.#inputs = inputs;
    this.inputNames = Object.keys(inputs);
  }

  forward(): Tensor[] {
    const maps = this.#maps;
    const { cut, steps, taps } = this.#trunk;
    this.#values.set(cut.tensor, maps.take(this.#input('features')));
    for (const step of steps) this.#values.set(step.output, this.#forwardStep(step));
    return taps.map((tap) => maps.give(maps.retain(this.#value(tap))));
  }

  /** Gradients by the names of the inputs, each to be asked for once. `dys`: those of the taps. */
  backward(dys: readonly Tensor[]): ReadonlyMap<string, () => Tensor> {
    const maps = this.#maps;
    const { cut, steps, taps } = this.#trunk;
    const flows = new Map<string, RawMap>();
    const flow = (name: string, gradient: RawMap): void => {
      const known = flows.get(name);
      if (known === undefined) {
        flows.set(name, gradient);
        return;
      }
      flows.set(name, maps.add(known, gradient));
      maps.release(known);
      maps.release(gradient);
    };
    taps.forEach((tap, i) => {
      flow(tap, maps.take(dys[i] as Tensor));
    });
    const found = new Map<string, () => Tensor>();
    for (const step of [...steps].reverse()) {
      const dy = flows.get(step.output);
      if (dy !== undefined) {
        flows.delete(step.output);
        this.#backwardStep(step, dy, {
          isWanted: (name) => name !== cut.tensor,
          flow,
          found: (name, gradient) => found.set(name, () => maps.give(gradient)),
        });
        maps.release(dy);
      }
      // Everything that reads it comes later, and is done.
      maps.release(this.#value(step.output));
      this.#values.delete(step.output);
    }
    maps.release(this.#value(cut.tensor));
    this.#values.delete(cut.tensor);
    return found;
  }

  dispose(): void {
    this.#maps.dispose();
    this.#values.clear();
  }

  #forwardStep(step: TrunkStep): RawMap {
    const maps = this.#maps;
    const [first, second] = step.inputs as [string, string];
    switch (step.kind) {
      case 'conv':
        return this.#forwardConv(step);
      case 'relu':
        return maps.relu(this.#value(first));
      case 'add':
        return maps.add(this.#value(first), this.#value(second));
      case 'double':
        return maps.double(this.#value(first));
      default:
        return maps.retain(this.#value(first));
    }
  }

  #forwardConv(step: ConvStep): RawMap {
    const maps = this.#maps;
    const kernel = maps.take(this.#input(kernelOf(step.output)));
    const bias = maps.take(this.#input(biasOf(step.output)));
    this.#kernels.set(step.output, kernel);
    let x = this.#value(step.inputs[0] as string);
    const window = windowOf(step);
    if (window.isPadded) {
      x = maps.pad(x, step.pads);
      this.#padded.set(step.output, x);
    }
    const product = maps.conv(x, kernel, window);
    const y = maps.addBias(product, bias);
    maps.release(product);
    maps.release(bias);
    return y;
  }

  #backwardStep(step: TrunkStep, dy: RawMap, to: WayBack): void {
    const maps = this.#maps;
    if (step.kind === 'conv') {
      this.#backwardConv(step, dy, to);
      return;
    }
    for (const name of step.inputs.filter(to.isWanted)) {
      if (step.kind === 'relu') to.flow(name, maps.reluGradient(this.#value(step.output), dy));
      else if (step.kind === 'double') to.flow(name, maps.doubleGradient(dy));
      else to.flow(name, maps.retain(dy));
    }
  }

  #backwardConv(step: ConvStep, dy: RawMap, to: WayBack): void {
    const maps = this.#maps;
    const [source] = step.inputs as [string];
    const window = windowOf(step);
    const padded = this.#padded.get(step.output);
    const x = padded ?? this.#value(source);
    const kernel = this.#kernels.get(step.output) as RawMap;
    to.found(kernelOf(step.output), maps.convKernelGradient(x, step.kernelShape, dy, window));
    to.found(biasOf(step.output), maps.biasGradient(dy));
    if (to.isWanted(source)) {
      const gradient = maps.convInputGradient(x.shape, kernel, dy, window);
      if (padded === undefined) to.flow(source, gradient);
      else {
        to.flow(source, maps.padGradient(gradient, step.pads));
        maps.release(gradient);
      }
    }
    if (padded !== undefined) maps.release(padded);
    maps.release(kernel);
  }

  #value(name: string): RawMap {
    const value = this.#values.get(name);
    if (value === undefined) throw new RangeError(`the trunk has no ${name}`);
    return value;
  }

  #input(name: string): Tensor {
    return this.#inputs[name] as Tensor;
  }
}

/** TensorFlow's own way where it pads alike on all sides, noughts laid around elsewhere: as `trunk-layers.ts`. */
function windowOf({ pads, strides, kernelShape }: ConvStep): RawWindow & { isPadded: boolean } {
  const centred = isCentred({ pads, strides }, [kernelShape[0], kernelShape[1]]);
  const bare = pads.every((value) => value === 0);
  return { strides, padding: centred ? 'SAME' : 'VALID', isPadded: !centred && !bare };
}
