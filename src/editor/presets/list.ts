/** The key presets to choose from, the studio's own first. */
import { cvatPreset } from './cvat.preset.ts';
import { divePreset } from './dive.preset.ts';
import { labelimgPreset } from './labelimg.preset.ts';
import type { KeyPreset } from './preset.ts';
import { studioPreset } from './studio.preset.ts';

export const presets: readonly KeyPreset[] = [studioPreset, labelimgPreset, cvatPreset, divePreset];
