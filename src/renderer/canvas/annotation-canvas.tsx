/** The canvas people draw on: shows an editor through Konva and feeds it what hand and keyboard do. */
import { type JSX, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { type Light, neutralLight } from '../../core/light.ts';
import type { Tile } from '../../core/tiles.ts';
import type { Editor } from '../../editor/types.ts';
import { t } from '../ui/messages.ts';
import styles from './annotation-canvas.module.css';
import { CanvasTextMirror } from './canvas-text-mirror.tsx';
import { toKeyInput, toPointerInput, toWheelInput } from './dom-input.ts';
import { Navigator } from './navigator.tsx';
import type { Palette } from './palette.ts';
import { type CanvasStage, createCanvasStage } from './stage.ts';
import type { TileLayer } from './tile-layer.ts';
import { createTouchPinch } from './touch-pinch.ts';
import { useLight } from './use-light.ts';
import { usePicture } from './use-picture.ts';

export interface AnnotationCanvasProps {
  readonly editor: Editor;
  /** The open image, upright, or null while there is none. */
  readonly imageUrl: string | null;
  /** A small picture of the same image to show until the full one is decoded. */
  readonly previewUrl?: string | null;
  /** For photographs too large to be shown whole: where their tiles are. `imageUrl` is then a smaller picture of it. Keep the function the same. */
  readonly tileUrlOf?: ((tile: Tile) => string) | null;
  /** A heat map stretched over the image while the heat map layer is on; opacity 0..1. */
  readonly heatmap?: { readonly url: string; readonly opacity: number } | null;
  /** `class` (default): labels in class colour. `compare`: hand red, predicted yellow. */
  readonly palette?: Palette;
  /** Ids of the labels and suggestions that are asked about: all others step back and lose their names. None: all are alike. */
  readonly about?: readonly string[];
  /** The light the photograph is looked at in; the file is as it was. */
  readonly light?: Light;
  /** Lines between pixels where these are large. Default true. */
  readonly hasPixelGrid?: boolean;
  /** The whole photograph in small while only a part of it is on the canvas. Default true. */
  readonly hasNavigator?: boolean;
  /** Lines through the pointer while the box tool is chosen. Default true. */
  readonly hasCrosshair?: boolean;
  /**
   * Where key presses are heard: `window` (default) for the place that is all about this canvas, `canvas` for only while it has the focus.
   * Text fields never lose a key to it.
   */
  readonly keyScope?: 'window' | 'canvas';
  /** Name of the region for screen readers. Default "Photograph with boxes". */
  readonly label?: string;
  /** Shown in the middle when the image cannot be loaded. */
  readonly failedContent?: ReactNode;
}

/** Fills its parent, which must have a size. Nothing is saved here: gestures leave through the editor's `onGesture`. */
export function AnnotationCanvas(props: AnnotationCanvasProps): JSX.Element {
  const {
    editor,
    imageUrl,
    previewUrl = null,
    heatmap = null,
    palette = 'class',
    light = neutralLight,
  } = props;
  const regionRef = useRef<HTMLDivElement>(null);
  const hostRef = useRef<HTMLDivElement>(null);
  const stage = useStage(editor, hostRef);
  const full = usePicture(imageUrl);
  const preview = usePicture(full.kind === 'ready' ? null : previewUrl);
  const tileUrlOf = props.tileUrlOf ?? null;
  const [tileLayer, setTileLayer] = useState<TileLayer | null>(null);
  useEffect(() => {
    setTileLayer(stage?.setTiles(tileUrlOf) ?? null);
  }, [stage, tileUrlOf]);
  const heat = usePicture(heatmap?.url ?? null);
  const plain = full.kind === 'ready' ? full.picture : preview.kind === 'ready' ? preview.picture : null;
  const picture = useLight(plain, light);
  const heatPicture = heat.kind === 'ready' ? heat.picture : null;

  useEffect(() => stage?.setPicture(picture), [stage, picture]);
  useEffect(() => tileLayer?.setLight(light, plain), [tileLayer, light, plain]);
  useEffect(
    () => stage?.setHeatmap(heatPicture, heatmap?.opacity ?? 1),
    [stage, heatPicture, heatmap?.opacity],
  );
  useEffect(() => stage?.setPalette(palette), [stage, palette]);
  const about = props.about === undefined || props.about.length === 0 ? null : props.about.join(' ');
  useEffect(() => stage?.setAbout(about === null ? null : new Set(about.split(' '))), [stage, about]);
  const hasPixelGrid = props.hasPixelGrid ?? true;
  useEffect(() => stage?.setPixelGrid(hasPixelGrid), [stage, hasPixelGrid]);
  useViewport(editor, regionRef);
  useCursor(editor, regionRef);
  useInputs(editor, regionRef, stage, props.hasCrosshair ?? true);
  useKeys(editor, regionRef, props.keyScope ?? 'window');

  return (
    <div className={styles.frame}>
      <div
        ref={regionRef}
        className={styles.region}
        role="application"
        aria-label={props.label ?? t('canvas.region')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing surface takes keys, and `application` is the role for that.
        tabIndex={0}
      >
        <div ref={hostRef} className={styles.stage} aria-hidden="true" />
        {full.kind === 'failed' && <div className={styles.failed}>{props.failedContent}</div>}
      </div>
      {previewUrl !== null && (props.hasNavigator ?? true) && (
        <Navigator editor={editor} imageUrl={previewUrl} />
      )}
      <CanvasTextMirror editor={editor} />
    </div>
  );
}

/** The stage lives as long as the component and is fed straight from the editor: camera moves never pass through React. */
function useStage(editor: Editor, hostRef: RefObject<HTMLDivElement | null>): CanvasStage | null {
  const [stage, setStage] = useState<CanvasStage | null>(null);
  useEffect(() => {
    if (hostRef.current === null) return;
    const created = createCanvasStage(hostRef.current);
    setStage(created);
    const show = (): void => created.show(editor.getSnapshot());
    show();
    const stop = editor.subscribe(show);
    return () => {
      stop();
      setStage(null);
      created.destroy();
    };
  }, [editor, hostRef]);
  return stage;
}

function useViewport(editor: Editor, regionRef: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const region = regionRef.current;
    if (region === null) return;
    const measure = (): void => {
      const { clientWidth, clientHeight } = region;
      if (clientWidth === 0 || clientHeight === 0) return;
      editor.setViewport({
        widthView: clientWidth,
        heightView: clientHeight,
        dpr: window.devicePixelRatio || 1,
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(region);
    // Dragging the window to another screen changes the ratio without changing the size.
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [editor, regionRef]);
}

/** Straight from the editor, too: the pointer crosses many boxes on its way. */
function useCursor(editor: Editor, regionRef: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    let shown: string | undefined;
    const follow = (): void => {
      const { cursor } = editor.getSnapshot().tool;
      if (regionRef.current === null || cursor === shown) return;
      shown = cursor;
      regionRef.current.style.cursor = cursor;
    };
    follow();
    return editor.subscribe(follow);
  }, [editor, regionRef]);
}

function useInputs(
  editor: Editor,
  regionRef: RefObject<HTMLDivElement | null>,
  stage: CanvasStage | null,
  hasCrosshair: boolean,
): void {
  useEffect(() => {
    const region = regionRef.current;
    if (region === null) return;
    const stop = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listen: (event: HTMLElementEventMap[K]) => void,
    ): void => region.addEventListener(type, listen, { signal: stop.signal, passive: false });
    const pinch = createTouchPinch(editor);
    const isPinch = (event: PointerEvent): boolean =>
      pinch.take(event, toPointerInput('pointermove', event, region).atView);
    on('pointerdown', (event) => {
      if (event.button !== 2) region.setPointerCapture(event.pointerId);
      // Otherwise the middle button starts the browser's own scrolling. Focus is taken by hand, since this also prevents that.
      event.preventDefault();
      region.focus({ preventScroll: true });
      if (isPinch(event)) return;
      editor.dispatch(toPointerInput('pointerdown', event, region));
    });
    on('pointermove', (event) => {
      const input = toPointerInput('pointermove', event, region);
      if (pinch.take(event, input.atView)) return;
      editor.dispatch(input);
      const isDrawing = editor.getSnapshot().tool.id === 'box';
      stage?.setCrosshair(hasCrosshair && isDrawing ? input.atView : null);
    });
    on('pointerup', (event) => {
      if (!isPinch(event)) editor.dispatch(toPointerInput('pointerup', event, region));
    });
    on('pointercancel', (event) => {
      isPinch(event);
      editor.dispatch({ type: 'cancel' });
    });
    on('pointerleave', () => stage?.setCrosshair(null));
    on('dblclick', (event) => void editor.dispatch(toPointerInput('doubleclick', event, region)));
    on('contextmenu', (event) => event.preventDefault());
    on('wheel', (event) => {
      event.preventDefault();
      editor.dispatch(toWheelInput(event, region));
    });
    window.addEventListener('blur', () => void editor.dispatch({ type: 'cancel' }), { signal: stop.signal });
    const stopWatching = editor.subscribe(() => {
      if (editor.getSnapshot().tool.id !== 'box') stage?.setCrosshair(null);
    });
    return () => {
      stop.abort();
      stopWatching();
    };
  }, [editor, regionRef, stage, hasCrosshair]);
}

function useKeys(
  editor: Editor,
  regionRef: RefObject<HTMLDivElement | null>,
  scope: 'window' | 'canvas',
): void {
  useEffect(() => {
    const region = regionRef.current;
    if (region === null) return;
    const target: HTMLElement | Window = scope === 'window' ? window : region;
    const listen = (event: Event): void => {
      if (!(event instanceof KeyboardEvent) || event.defaultPrevented) return;
      const input = toKeyInput(event);
      if (input === undefined || isNeededElsewhere(event, region)) return;
      const isUsed = editor.dispatch(input);
      if (isUsed) event.preventDefault();
      // Tab walks the boxes while the canvas has the focus; Escape with nothing left to drop is the way out.
      else if (input.type === 'keydown' && input.key === 'Escape' && document.activeElement === region)
        region.blur();
    };
    target.addEventListener('keydown', listen);
    target.addEventListener('keyup', listen);
    return () => {
      target.removeEventListener('keydown', listen);
      target.removeEventListener('keyup', listen);
    };
  }, [editor, regionRef, scope]);
}

/** Outside the canvas, Tab moves the focus, and Enter, Space and arrows belong to the control that has it; in an open dialog every key is its own. */
function isNeededElsewhere(event: KeyboardEvent, region: HTMLElement): boolean {
  const { target } = event;
  // Text that was marked to be copied is not a box.
  const isCopy = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c';
  if (isCopy && window.getSelection()?.type === 'Range') return true;
  if (!(target instanceof HTMLElement) || region.contains(target)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return true;
  if (event.type === 'keyup') return false;
  if (event.key === 'Tab') return true;
  const isControl =
    target.closest(
      'button, a, input, [role="button"], [role="option"], [role="slider"], [role="tab"], [tabindex]',
    ) !== null;
  return isControl && (event.key === 'Enter' || event.code === 'Space' || event.key.startsWith('Arrow'));
}
