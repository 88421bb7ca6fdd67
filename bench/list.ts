/** The benchmarks by name: a new one is its file and its line here. Loaded when asked for, so that one missing part spoils no other. */
import type { Bench } from './bench.ts';

export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'features-pipeline': async () => (await import('./features-pipeline.bench.ts')).featuresPipeline,
  features: async () => (await import('./features.bench.ts')).features,
  training: async () => (await import('./training.bench.ts')).training,
  'head-training': async () => (await import('./head-training.bench.ts')).headTraining,
  'edit-latency': async () => (await import('./edit-latency.bench.ts')).editLatency,
  canvas: async () => (await import('./canvas.bench.ts')).canvas,
  effort: async () => (await import('./effort.bench.ts')).effort,
  'canvas-next': async () => (await import('./canvas-next.bench.ts')).canvasNext,
  'canvas-peer': async () => (await import('./canvas-peer.bench.ts')).canvasPeer,
  'canvas-giant': async () => (await import('./canvas-giant.bench.ts')).canvasGiant,
  augmentation: async () => (await import('./augmentation.bench.ts')).augmentation,
  'second-look': async () => (await import('./second-look.bench.ts')).secondLook,
  'first-suggestions': async () => (await import('./first-suggestions.bench.ts')).firstSuggestions,
  formats: async () => (await import('./formats.bench.ts')).formatsBench,
  import: async () => (await import('./import.bench.ts')).importBench,
  loop: async () => (await import('./loop.bench.ts')).loop,
  annotator: async () => (await import('./annotator.bench.ts')).annotator,
  'class-accuracy': async () => (await import('./class-accuracy.bench.ts')).classAccuracy,
  accuracy: async () => (await import('./accuracy.bench.ts')).accuracy,
  audit: async () => (await import('./audit.bench.ts')).auditNear,
  'audit-images': async () => (await import('./audit-images.bench.ts')).auditImages,
  'audit-project': async () => (await import('./audit-project.bench.ts')).auditProject,
  'audit-planted': async () => (await import('./audit-planted.bench.ts')).auditPlanted,
  'aquarium-detection': async () => (await import('./aquarium-detection.bench.ts')).aquariumDetection,
};
