/** The studio's own keys, as each action brings them: left hand on keys, right hand on the mouse. */
import type { KeyPreset } from './preset.ts';

export const studioPreset: KeyPreset = { id: 'studio', title: 'Studio', keys: {} };
