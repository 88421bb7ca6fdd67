/** A part of a photograph with outlines, for walls and overviews: one SVG on a thumbnail, cheap by the hundred. */
import type { ReactElement } from 'react';
import type { PixelBox, Size } from '../../core/geometry.ts';
import { thumbnailUrl } from '../api/client.ts';

export interface Outline {
  readonly box: PixelBox;
  /** `hand` is red and solid, `model` yellow and dashed: colour is never the only sign. */
  readonly kind: 'hand' | 'model';
}

export interface PhotoCropProps {
  readonly imageId: string;
  readonly image: Size;
  /** What is shown, in upright image pixels. */
  readonly view: PixelBox;
  readonly outlines: readonly Outline[];
  /** For screen readers. */
  readonly label: string;
  /** Longest side of the thumbnail asked for, pixels. */
  readonly sizePx?: number;
}

export function PhotoCrop({
  imageId,
  image,
  view,
  outlines,
  label,
  sizePx = 512,
}: PhotoCropProps): ReactElement {
  return (
    <svg
      viewBox={`${view.x} ${view.y} ${view.w} ${view.h}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="xMidYMid slice"
    >
      <image
        href={thumbnailUrl(imageId, sizePx)}
        width={image.widthPx}
        height={image.heightPx}
        preserveAspectRatio="none"
      />
      {outlines.map(({ box, kind }) => (
        <rect
          key={kind}
          x={box.x}
          y={box.y}
          width={box.w}
          height={box.h}
          fill="none"
          stroke={kind === 'hand' ? 'var(--cl-red)' : 'var(--cl-yellow)'}
          strokeWidth={2}
          strokeDasharray={kind === 'model' ? '6 4' : undefined}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}

/** A square around boxes with `margin` times their size of surroundings, moved to stay inside the image where it can. */
export function squareAround(boxes: readonly PixelBox[], image: Size, margin = 0.35): PixelBox {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map(({ x, w }) => x + w));
  const bottom = Math.max(...boxes.map(({ y, h }) => y + h));
  const side = Math.max(24, Math.max(right - left, bottom - top) * (1 + 2 * margin));
  const place = (centre: number, length: number): number =>
    Math.max(Math.min(centre - side / 2, length - side), Math.min(0, (length - side) / 2));
  return {
    x: place((left + right) / 2, image.widthPx),
    y: place((top + bottom) / 2, image.heightPx),
    w: side,
    h: side,
  };
}
