/** The ways to explain, the most faithful first: `auto` takes the first that fits. */
import { classMapWay } from './class-map.way.ts';
import { gradientWay } from './gradient.way.ts';
import type { ExplainWay } from './method.ts';
import { occlusionWay } from './occlusion.way.ts';

export const explainWays: readonly ExplainWay[] = [classMapWay, gradientWay, occlusionWay];
