/** The whole photograph in small, with a frame around the part on the canvas: to see where one is, and to go elsewhere by mouse or arrow keys. */
import { type JSX, type KeyboardEvent, memo, type PointerEvent, useEffect, useRef } from 'react';
import type { Size } from '../../core/geometry.ts';
import { centreOn, computeVisibleBox, panBy } from '../../editor/camera.ts';
import type { Editor, EditorSnapshot } from '../../editor/types.ts';
import { t } from '../ui/messages.ts';
import styles from './navigator.module.css';
import { subscribeLate, useEditorValue } from './use-editor-value.ts';

/** Longest side of the small picture, CSS pixels. */
const SIDE_VIEW = 168;
/** Share of the canvas that an arrow key moves by. */
const STEP = 0.2;

export const Navigator = memo(function Navigator({
  editor,
  imageUrl,
}: {
  editor: Editor;
  imageUrl: string;
}): JSX.Element | null {
  const frame = useRef<HTMLDivElement>(null);
  /** Under the hand that moves it, the frame follows at once. */
  const followNow = useRef<(() => void) | null>(null);
  const image = useEditorValue(editor, (snapshot) => snapshot.image);
  const isNeeded = useEditorValue(editor, isPartHidden);
  useEffect(() => {
    if (!isNeeded) return undefined;
    const put = (side: 'width' | 'height', view: number): void => {
      const text = `${view.toFixed(1)}px`;
      if (frame.current !== null && frame.current.style[side] !== text) frame.current.style[side] = text;
    };
    // Past React, and at the pace of what is read: a frame in small that is laid out anew for each input costs as much as the canvas.
    const follow = (): void => {
      const part = frame.current;
      const { image: shown, camera, viewport } = editor.getSnapshot();
      if (part === null || shown === null) return;
      const seen = computeVisibleBox(camera, viewport);
      const { width, height } = sizeOf(shown);
      const left = Math.max(0, seen.x / shown.widthPx);
      const top = Math.max(0, seen.y / shown.heightPx);
      // A pan changes the place alone, which needs no layout.
      part.style.transform = `translate(${left * width}px, ${top * height}px)`;
      put('width', (Math.min(1, (seen.x + seen.w) / shown.widthPx) - left) * width);
      put('height', (Math.min(1, (seen.y + seen.h) / shown.heightPx) - top) * height);
    };
    follow();
    followNow.current = follow;
    return subscribeLate(editor, follow);
  }, [editor, isNeeded]);
  if (image === null || !isNeeded) return null;

  const goTo = (event: PointerEvent<HTMLDivElement>): void => {
    const rect = event.currentTarget.getBoundingClientRect();
    const atPx = {
      x: ((event.clientX - rect.left) / rect.width) * image.widthPx,
      y: ((event.clientY - rect.top) / rect.height) * image.heightPx,
    };
    const { camera, viewport } = editor.getSnapshot();
    editor.setCamera(centreOn(camera, atPx, image, viewport));
    followNow.current?.();
  };
  const move = (event: KeyboardEvent): void => {
    const across = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const down = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (across === 0 && down === 0) return;
    event.preventDefault();
    const { camera, viewport } = editor.getSnapshot();
    editor.setCamera(
      panBy(camera, -across * STEP * viewport.widthView, -down * STEP * viewport.heightView, image, viewport),
    );
    followNow.current?.();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form fields, and brings a border and a legend.
    <div
      className={styles.navigator}
      style={{
        ...sizeOf(image),
        backgroundImage: `url("${imageUrl}")`,
      }}
      role="group"
      aria-label={t('view.navigator')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes arrow keys, and no control of the web is one that moves in two directions.
      tabIndex={0}
      data-keys="arrows"
      onKeyDown={move}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) goTo(event);
      }}
    >
      <div ref={frame} className={styles.frame} />
    </div>
  );
});

/** Of the small picture, CSS pixels. */
function sizeOf({ widthPx, heightPx }: Size): { readonly width: number; readonly height: number } {
  const scale = SIDE_VIEW / Math.max(widthPx, heightPx);
  return { width: Math.max(24, widthPx * scale), height: Math.max(24, heightPx * scale) };
}

function isPartHidden({ image, camera, viewport }: EditorSnapshot): boolean {
  if (image === null) return false;
  const seen = computeVisibleBox(camera, viewport);
  const slack = 0.5 / camera.scale;
  return (
    seen.x > slack ||
    seen.y > slack ||
    seen.x + seen.w < image.widthPx - slack ||
    seen.y + seen.h < image.heightPx - slack
  );
}
