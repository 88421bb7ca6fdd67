/** A small picture of one box and its surroundings, for walls of hundreds: one 2D canvas, drawn once. */
import { type JSX, useEffect, useRef } from 'react';
import type { PixelBox, Size } from '../../core/geometry.ts';
import { handColor, type Palette, pickBoxColor, predictedColor, predictedDashView } from './palette.ts';
import { usePicture } from './use-picture.ts';

export interface CropViewProps {
  readonly imageUrl: string;
  /** What the crop is centred on, in upright image pixels. */
  readonly box: PixelBox;
  /** Upright size of the image the boxes are measured in; the picture may be a smaller version of it. */
  readonly image: Size;
  /** Side lengths on the screen, CSS pixels. */
  readonly size: { readonly widthView: number; readonly heightView: number };
  /** How `box` is outlined. */
  readonly kind: 'hand' | 'predicted';
  readonly palette?: Palette;
  /** Colour of the class, for palette `class`. */
  readonly classColor?: string;
  /** A second box to compare with, outlined as the other kind. */
  readonly other?: PixelBox | null;
  /** Times the box's longer side that the crop shows. Default 1.6. */
  readonly zoomOut?: number;
  /** What the crop shows, for screen readers. */
  readonly label: string;
}

/** Draws nothing until the picture is there; the space is taken from the start, so walls do not jump. */
export function CropView(props: CropViewProps): JSX.Element {
  const {
    imageUrl,
    box,
    image,
    size,
    kind,
    palette = 'compare',
    classColor,
    other = null,
    zoomOut = 1.6,
    label,
  } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  const loaded = usePicture(imageUrl);
  const picture = loaded.kind === 'ready' ? loaded.picture : null;

  useEffect(() => {
    const canvas = ref.current;
    const paint = canvas?.getContext('2d');
    if (!canvas || !paint || picture === null) return;
    const dpr = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.widthView * dpr);
    canvas.height = Math.round(size.heightView * dpr);
    paint.setTransform(dpr, 0, 0, dpr, 0, 0);
    const scale = pickCropScale(box, other, size, zoomOut);
    const middle = middleOf(box, other);
    const xView = size.widthView / 2 - middle.x * scale;
    const yView = size.heightView / 2 - middle.y * scale;
    paint.imageSmoothingQuality = 'high';
    paint.drawImage(picture, xView, yView, image.widthPx * scale, image.heightPx * scale);
    const outline = (shape: PixelBox, isHand: boolean): void => {
      const own = classColor === undefined ? handColor : classColor;
      paint.strokeStyle = isHand
        ? palette === 'class'
          ? own
          : pickBoxColor('compare', undefined)
        : predictedColor;
      paint.setLineDash(isHand ? [] : [...predictedDashView]);
      paint.lineWidth = 2;
      paint.strokeRect(shape.x * scale + xView, shape.y * scale + yView, shape.w * scale, shape.h * scale);
    };
    outline(box, kind === 'hand');
    if (other !== null) outline(other, kind !== 'hand');
  }, [picture, box, other, image, size, kind, palette, classColor, zoomOut]);

  return (
    <canvas
      ref={ref}
      role="img"
      aria-label={label}
      style={{ width: size.widthView, height: size.heightView, display: 'block' }}
    />
  );
}

function unionOf(box: PixelBox, other: PixelBox | null): PixelBox {
  if (other === null) return box;
  const x = Math.min(box.x, other.x);
  const y = Math.min(box.y, other.y);
  return {
    x,
    y,
    w: Math.max(box.x + box.w, other.x + other.w) - x,
    h: Math.max(box.y + box.h, other.y + other.h) - y,
  };
}

function middleOf(box: PixelBox, other: PixelBox | null): { x: number; y: number } {
  const all = unionOf(box, other);
  return { x: all.x + all.w / 2, y: all.y + all.h / 2 };
}

/** CSS pixels an image pixel covers so that both boxes fit with room around them; a speck is not blown up beyond 8. */
function pickCropScale(
  box: PixelBox,
  other: PixelBox | null,
  size: { widthView: number; heightView: number },
  zoomOut: number,
): number {
  const all = unionOf(box, other);
  return Math.min(size.widthView / (all.w * zoomOut), size.heightView / (all.h * zoomOut), 8);
}
