/** Over the canvas: tools, undo, zoom, layers, and where in the list we are. */
import type { ReactElement } from 'react';
import type { Editor } from '../../../editor/types.ts';
import { useKeyOf } from '../../app/keymap.ts';
import { useLateValue } from '../../canvas/use-editor-value.ts';
import { EditorButton } from '../../ui/editor-button.tsx';
import { baseName } from '../../ui/format-numbers.ts';
import { labelText } from '../../ui/gesture-labels.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './annotate.module.css';
import { PositionField } from './position-field.tsx';
import { toggleViewPanel, useViewSettings } from './view-settings.ts';

export interface ToolbarProps {
  readonly editor: Editor;
  /** Place of the image in the list, 0-based; -1 when the filter hides it. */
  readonly position: number;
  readonly total: number;
  readonly onStep: (step: 1 | -1) => void;
  readonly onJump: (number: number) => void;
}

/** A change of the whole project is here wherever one is. */
function isHere(imageId: string | null, image: { readonly id: string } | null): boolean {
  return imageId === null || imageId === image?.id;
}

export function Toolbar({ editor, position, total, onStep, onJump }: ToolbarProps): ReactElement {
  const tool = useLateValue(editor, (snapshot) => snapshot.tool.id);
  const isUndoHere = useLateValue(editor, ({ undoImageId, image }) => isHere(undoImageId, image));
  const isRedoHere = useLateValue(editor, ({ redoImageId, image }) => isHere(redoImageId, image));
  const undoLabel = useLateValue(editor, (snapshot) => snapshot.undoLabel);
  const redoLabel = useLateValue(editor, (snapshot) => snapshot.redoLabel);
  const { isPanelOpen } = useViewSettings();
  const layers = useLateValue(editor, (snapshot) => snapshot.layers);
  const name = useLateValue(editor, (snapshot) => snapshot.image?.path ?? '');
  return (
    <div className={layout.toolbar} role="toolbar" aria-label={t('annotate.tools')}>
      <EditorButton editor={editor} command="tool.select" icon="select" pressed={tool === 'select'} />
      <EditorButton editor={editor} command="tool.box" icon="box" pressed={tool === 'box'} />
      <EditorButton editor={editor} command="tool.line" icon="line" pressed={tool === 'line'} />
      <span className={styles.wideTools}>
        <EditorButton editor={editor} command="tool.pan" icon="pan" pressed={tool === 'pan'} />
        <EditorButton editor={editor} command="tool.zoom" icon="zoom" pressed={tool === 'zoom'} />
      </span>
      <span className={layout.rule} />
      <EditorButton
        editor={editor}
        command="history.undo"
        icon="undo"
        label={
          undoLabel === null
            ? t('history.undo')
            : t(isUndoHere ? 'history.undoThis' : 'history.undoElsewhere', { label: labelText(undoLabel) })
        }
        disabled={undoLabel === null}
      />
      <EditorButton
        editor={editor}
        command="history.redo"
        icon="redo"
        label={
          redoLabel === null
            ? t('history.redo')
            : t(isRedoHere ? 'history.redoThis' : 'history.redoElsewhere', { label: labelText(redoLabel) })
        }
        disabled={redoLabel === null}
      />
      <span className={layout.rule} />
      <ZoomControls editor={editor} />
      <span className={layout.rule} />
      <EditorButton
        editor={editor}
        command="layer.boxes"
        icon="labelled"
        label={t('layer.boxes')}
        pressed={layers.boxes}
      />
      <EditorButton
        editor={editor}
        command="layer.predictions"
        icon="suggestion"
        label={t('layer.predictions')}
        pressed={layers.predictions}
      />
      <EditorButton
        editor={editor}
        command="layer.heatmap"
        icon="heat"
        label={t('layer.heatmap')}
        pressed={layers.heatmap}
      />
      <IconButton
        icon="light"
        label={t('view.toggle')}
        keys={useKeyOf('view.panel')}
        pressed={isPanelOpen}
        onClick={toggleViewPanel}
      />
      <span className={layout.gap} />
      <span className={styles.imageTitle} title={name}>
        {baseName(name)}
      </span>
      <IconButton
        icon="previous"
        label={t('annotate.previous')}
        keys={useKeyOf('image.previous')}
        onClick={() => onStep(-1)}
      />
      <PositionField position={position} total={total} onJump={onJump} />
      <IconButton
        icon="next"
        label={t('annotate.next')}
        keys={useKeyOf('image.next')}
        onClick={() => onStep(1)}
      />
    </div>
  );
}

export function ZoomControls({ editor }: { editor: Editor }): ReactElement {
  return (
    <>
      <EditorButton editor={editor} command="view.zoomOut" icon="minus" />
      <ZoomPercent editor={editor} />
      <EditorButton editor={editor} command="view.zoomIn" icon="plus" />
      <EditorButton editor={editor} command="view.fit" icon="fit" />
    </>
  );
}

/** By itself: a wheel changes nothing else beside the canvas, and a number that is laid out anew for each input costs as much as the canvas. */
function ZoomPercent({ editor }: { editor: Editor }): ReactElement {
  const percent = useLateValue(editor, ({ camera, viewport }) =>
    Math.round(camera.scale * viewport.dpr * 100),
  );
  return (
    <button
      type="button"
      className={styles.zoomButton}
      title={t('annotate.actualSize')}
      onClick={() => editor.run('view.actualSize')}
    >
      {t('annotate.zoom', { percent: String(percent) })}
    </button>
  );
}
