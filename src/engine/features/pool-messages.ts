/** What the engine's main thread and its inference workers tell each other. Both sides are ours and of one version: typed, not parsed. */
import type { AppErrorData } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { BackboneManifest } from '../backbones/backbone-manifest.ts';
import type { CropView } from '../crops/cut-crops.ts';
import type { SizePx } from './letterbox.ts';
import type { FeatureVariant } from './variants.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  /** The ONNX file, shared by all workers. */
  readonly modelBytes: SharedArrayBuffer;
  readonly manifest: BackboneManifest;
  /** Cores one run may use. */
  readonly threads: number;
}

/** A photograph on disk in some copies, parts of one at full resolution, or canvases that hold pixels already (RGB, `[heightPx, widthPx, 3]`). */
export type FeatureRequest =
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly image: SizePx;
      readonly canvas: Canvas;
      readonly variants: readonly FeatureVariant[];
    }
  | {
      readonly kind: 'crops';
      readonly file: string;
      readonly image: SizePx;
      readonly canvas: Canvas;
      readonly views: readonly CropView[];
    }
  | { readonly kind: 'pixels'; readonly canvas: Canvas; readonly frames: readonly Uint8Array[] };

export interface ToWorker {
  readonly jobId: number;
  readonly request: FeatureRequest;
}

export type FromWorker =
  | { readonly type: 'ready' }
  /** The session could not be started; the worker is of no use. */
  | { readonly type: 'fatal'; readonly error: AppErrorData }
  /** One record an asked copy: all taps in manifest order, half floats, NHWC. `inferMs`: the network alone. */
  | {
      readonly type: 'done';
      readonly jobId: number;
      readonly records: Uint8Array[];
      readonly inferMs: number;
    }
  | { readonly type: 'failed'; readonly jobId: number; readonly error: AppErrorData };
