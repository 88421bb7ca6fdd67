/** A picture in the light a person chose; the picture itself while that is neutral. */
import { useEffect, useMemo, useState } from 'react';
import { isNeutral, type Light } from '../../core/light.ts';
import { createLightFilter, type LightFilter, readLocalTables } from './light-filter.ts';
import type { Picture } from './stage.ts';

let filter: LightFilter | null | undefined;

/** One for the window; null where it cannot be had. */
export function lightFilter(): LightFilter | null {
  filter ??= createLightFilter();
  return filter;
}

/** Computed once for each picture and light, at most once in a frame while a slider moves. */
export function useLight(picture: Picture | null, light: Light): Picture | null {
  const wantsLocal = light.local > 0;
  const tables = useMemo(
    () => (picture === null || !wantsLocal ? null : readLocalTables(picture)),
    [picture, wantsLocal],
  );
  const [lit, setLit] = useState<{ of: Picture; picture: Picture } | null>(null);
  const isPlain = picture === null || isNeutral(light);
  useEffect(() => {
    if (isPlain) {
      setLit(null);
      return undefined;
    }
    const frame = requestAnimationFrame(() => {
      setLit({ of: picture, picture: lightFilter()?.apply(picture, light, tables) ?? picture });
    });
    return () => cancelAnimationFrame(frame);
  }, [picture, isPlain, light, tables]);
  return isPlain || lit?.of !== picture ? picture : lit.picture;
}
