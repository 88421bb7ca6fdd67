/** The value of the heat map at the place the pointer is over, from the numbers behind the picture. */
import { useEffect, useState } from 'react';
import type { HeatGrid } from '../../../core/heatmap.ts';
import { sampleHeat } from '../../../core/heatmap.ts';
import type { Editor } from '../../../editor/types.ts';
import { useHeatGrid } from '../../api/queries.ts';
import type { HeatmapRequest } from './use-heatmap.ts';

export interface HeatReading {
  /** 0..1. */
  readonly value: number;
  /** Upright image pixels. */
  readonly xPx: number;
  readonly yPx: number;
}

/** Null while the pointer is not over the photograph, or the numbers are not there yet. */
export function useHeatReading(editor: Editor, shown: HeatmapRequest | null): HeatReading | null {
  const numbers = useHeatGrid(shown);
  const [at, setAt] = useState<{ xPx: number; yPx: number } | null>(null);
  useEffect(() => {
    const read = (event: PointerEvent): void => {
      const target = event.target instanceof Element ? event.target.closest('[role=application]') : null;
      if (target === null) {
        setAt(null);
        return;
      }
      const { camera, image } = editor.getSnapshot();
      const corner = target.getBoundingClientRect();
      const xPx = (event.clientX - corner.left - camera.xView) / camera.scale;
      const yPx = (event.clientY - corner.top - camera.yView) / camera.scale;
      const isInside = image !== null && xPx >= 0 && yPx >= 0 && xPx < image.widthPx && yPx < image.heightPx;
      setAt(isInside ? { xPx, yPx } : null);
    };
    window.addEventListener('pointermove', read);
    return () => window.removeEventListener('pointermove', read);
  }, [editor]);
  if (shown === null || at === null || numbers.data === undefined) return null;
  return { ...at, value: readValue(numbers.data, at) };
}

/** Between the middles of cells, as the picture shows it. */
function readValue(
  numbers: { readonly grid: HeatGrid; readonly values: readonly number[] },
  at: { readonly xPx: number; readonly yPx: number },
): number {
  return sampleHeat(numbers.grid, numbers.values, { x: at.xPx, y: at.yPx }, 'smooth');
}
