/** The TensorFlow wheels we build on: name, size and checksum of each, so that a changed file is refused. */
import { AppError } from '../../core/errors.ts';
import { cudaWheels } from './cuda-wheels.ts';
import type { InstallVariant } from './engine-cache.ts';

/** One pinned wheel and how to ask pip for it, whichever Python runs pip. */
export interface PinnedWheel {
  readonly requirement: string;
  readonly version: string;
  /** The `--platform` tag. */
  readonly platformTag: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** What its unpacked parts take on disk. */
  readonly unpackedBytes: number;
}

/** Python version tag asked of pip: fixed, so that the same wheel comes with any Python. */
export const wheelPython = '3.11';

/** Release 2.21.0; hashes as published by PyPI and seen in the downloaded files. */
const pinnedWheels: Readonly<Record<'x64' | 'arm64', PinnedWheel>> = {
  x64: {
    requirement: 'tensorflow-cpu==2.21.0',
    version: '2.21.0',
    platformTag: 'manylinux_2_27_x86_64',
    fileName: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    sizeBytes: 273_829_956,
    unpackedBytes: 853_500_000,
  },
  arm64: {
    requirement: 'tensorflow==2.21.0',
    version: '2.21.0',
    platformTag: 'manylinux_2_27_aarch64',
    fileName: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    sizeBytes: 281_828_020,
    unpackedBytes: 885_000_000,
  },
};

/** What a variant is made of on a machine, TensorFlow first. Throws `engine-install/unsupported-platform` with the reason where there is none. */
export function getWheels(
  variant: InstallVariant,
  platform: NodeJS.Platform,
  arch: string,
): readonly [PinnedWheel, ...PinnedWheel[]] {
  if (platform === 'linux' && variant === 'cpu' && (arch === 'x64' || arch === 'arm64'))
    return [pinnedWheels[arch]];
  if (platform === 'linux' && variant === 'cuda' && arch === 'x64') return cudaWheels;
  const machine = `${platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform} ${arch}`;
  if (variant === 'cuda') {
    throw new AppError({
      code: 'engine-install/unsupported-platform',
      message: `TensorFlow for graphics cards is published for Linux x64; this is ${machine}. Nothing was changed.`,
      hint:
        platform === 'linux'
          ? 'Install the variant for the processor: `catchlight engine install`.'
          : 'Use a Linux x64 machine with an NVIDIA card for long trainings; everything else works here as it is.',
      details: { platform, arch, variant },
    });
  }
  throw new AppError({
    code: 'engine-install/unsupported-platform',
    message: `Native TensorFlow can be installed by the studio on Linux x64 and arm64; this is ${machine}. Training works here on the WebAssembly backend, more slowly.`,
    hint:
      platform === 'darwin' || platform === 'win32'
        ? "Where the project runs from a checkout, `npm rebuild @tensorflow/tfjs-node --ignore-scripts=false` tries the package's own prebuilt library; the studio uses it when it is there."
        : 'No step is needed: go on with the WebAssembly backend, or use a Linux x64 or arm64 machine for long trainings.',
    details: { platform, arch },
  });
}
