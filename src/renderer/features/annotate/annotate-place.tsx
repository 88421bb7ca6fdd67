/** Annotate: the list of images, the canvas, and what is on this image. */
import { Button } from '@mantine/core';
import { memo, type ReactElement, useEffect } from 'react';
import type { Editor } from '../../../editor/types.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import type { ImagePages } from '../../api/image-pages.ts';
import { useAction, useProject } from '../../api/queries.ts';
import { announce } from '../../app/announcer.tsx';
import { useActions } from '../../app/keymap.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { useCanvasFocus } from '../../app/use-canvas-focus.ts';
import { usePictureSource } from '../../app/use-picture-source.ts';
import type { WindowActionId } from '../../app/window-actions.ts';
import { AnnotationCanvas } from '../../canvas/annotation-canvas.tsx';
import { useEditorValue, useLateValue } from '../../canvas/use-editor-value.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Remark, Waiting } from '../../ui/notes.tsx';
import { problemText } from '../../ui/states.tsx';
import styles from './annotate.module.css';
import { searchFieldId } from './filter-bar.tsx';
import { ImageList } from './image-list.tsx';
import { positionFieldId } from './position-field.tsx';
import { RightPanel } from './right-panel.tsx';
import { StatusBar } from './status-bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { type Heatmap, useHeatmap } from './use-heatmap.ts';
import { useImageList } from './use-image-list.ts';
import { useKeepPrevious } from './use-keep-previous.ts';
import { useListView } from './use-list-view.ts';
import { resetLight, toggleViewPanel, useViewSettings } from './view-settings.ts';

export function AnnotatePlace({ imageId }: { imageId: string | null }): ReactElement {
  const session = useLabelSession();
  const project = useProject().data;
  if (session === null || project === undefined || project === null)
    return <Waiting label={t('action.loading')} />;
  return <Annotate session={session} imageId={imageId} projectPath={project.path} />;
}

interface AnnotateProps {
  readonly session: LabelSession;
  readonly imageId: string | null;
  readonly projectPath: string;
}

function Annotate({ session, imageId, projectPath }: AnnotateProps): ReactElement {
  const { editor } = session;
  const [view, setView] = useListView(projectPath, imageId);
  const walk = useImageList(view, imageId, session.showImage);
  const { index, pages } = walk;
  const openId = useLateValue(editor, ({ image }) => image?.id ?? null);
  const problem = useLateValue(editor, ({ image }) => image?.problem ?? null);
  const heatmap = useHeatmap(editor, openId);

  useEffect(() => {
    if (imageId !== null) void session.openImage(imageId);
  }, [session, imageId]);
  const isNowhere = imageId === null || walk.isUnknown;
  const firstIndex = isNowhere ? findReadable(pages) : -1;
  useEffect(() => {
    const first = pages.itemAt(firstIndex);
    if (first !== undefined) walk.open(first, firstIndex);
  }, [firstIndex, pages, walk]);
  useKeepPrevious(editor, openId);
  // Two ahead, one back: where a person goes next, at the pace of a key press.
  const nearIds = [1, -1, 2].flatMap((by) => (index < 0 ? [] : (pages.itemAt(index + by)?.id ?? [])));
  const near = nearIds.join(' ');
  useEffect(() => {
    if (openId === null || openId !== imageId) return;
    for (const id of near.split(' ').filter(Boolean)) session.preload(id);
  }, [session, near, openId, imageId]);

  useCanvasFocus(openId !== null && !view.isGrid);
  useActions({
    'image.next': () => walk.step(1),
    'image.previous': () => walk.step(-1),
    'image.forward': () => walk.step(10),
    'image.back': () => walk.step(-10),
    'image.nextUnreviewed': () => walk.stepUnreviewed(1),
    'image.previousUnreviewed': () => walk.stepUnreviewed(-1),
    'list.grid': () => setView({ ...view, isGrid: !view.isGrid }),
    'list.jump': () => focusField(positionFieldId),
    'list.search': () => focusField(searchFieldId),
    'view.panel': toggleViewPanel,
    'view.resetLight': () => {
      if (resetLight()) announce(t('view.isReset'));
    },
  } satisfies Partial<Record<WindowActionId, () => void>>);
  const list = (
    <ImageList
      view={view}
      onView={setView}
      walk={walk}
      error={pages.error === null ? null : readError(pages.error)}
      currentId={imageId}
    />
  );
  const arrows = <FreeArrows editor={editor} onStep={walk.step} />;
  if (view.isGrid)
    return (
      <div className={layout.columns}>
        {list}
        {arrows}
      </div>
    );
  return (
    <div className={layout.columns}>
      {list}
      <section className={layout.stage} aria-label={t('annotate.canvas')}>
        <Toolbar
          editor={editor}
          position={index}
          total={pages.total ?? 0}
          onStep={walk.step}
          onJump={walk.jump}
        />
        {problem === null ? null : (
          <div className={styles.problem}>
            <Remark kind="warning">
              {problemText(problem)} <span className={layout.dim}>{t('annotate.unusedText')}</span>
            </Remark>
          </div>
        )}
        <div className={styles.canvas}>
          <Canvas editor={editor} heatmap={heatmap} />
        </div>
        <StatusBar editor={editor} />
      </section>
      <RightPanel session={session} heatmap={heatmap} />
      {arrows}
    </div>
  );
}

/** By itself, so that the photograph is drawn without what stands around it. */
const Canvas = memo(function Canvas({ editor, heatmap }: { editor: Editor; heatmap: Heatmap }): ReactElement {
  const openId = useEditorValue(editor, ({ image }) => image?.id ?? null);
  const picture = usePictureSource(editor);
  const looks = useViewSettings();
  if (openId === null)
    return (
      <div>
        <NothingOpen />
      </div>
    );
  return (
    <AnnotationCanvas
      editor={editor}
      {...picture}
      // The map follows a frame later: never one image's map over another.
      heatmap={heatmap.request?.imageId === openId ? heatmap.layer : null}
      light={looks.light}
      hasCrosshair={looks.hasCrosshair}
      hasPixelGrid={looks.hasPixelGrid}
      hasNavigator={looks.hasNavigator}
      label={t('annotate.canvas')}
      failedContent={t('annotate.unreadable')}
    />
  );
});

/** With a box selected, arrows move the box; else they lead to the next photograph. */
function FreeArrows({ editor, onStep }: { editor: Editor; onStep: (by: number) => void }): null {
  const hasSelection = useEditorValue(editor, ({ selectedBoxIds }) => selectedBoxIds.length > 0);
  useActions(
    hasSelection
      ? {}
      : ({
          'image.nextFree': () => onStep(1),
          'image.previousFree': () => onStep(-1),
        } satisfies Partial<Record<WindowActionId, () => void>>),
  );
  return null;
}

/** A folder without photographs is told here, with the way on; otherwise there is one to choose. */
function NothingOpen(): ReactElement {
  const project = useProject().data;
  const rescan = useAction(() => api.rescan.mutate());
  if (project === null || project === undefined || project.counts.images > 0)
    return <EmptyState icon="image" title={t('annotate.noImage')} text={t('annotate.noImageText')} />;
  return (
    <EmptyState
      icon="folder"
      title={t('annotate.noPhotographs')}
      text={t('annotate.noPhotographsText', { folder: project.imagesRoot })}
      action={
        <Button variant="default" loading={rescan.isPending} onClick={() => rescan.mutate(undefined)}>
          {t('palette.rescan')}
        </Button>
      }
    />
  );
}

/** The first of the list that can be shown; the first of all when none of the first page can. */
function findReadable({ itemAt }: ImagePages): number {
  for (let at = 0; itemAt(at) !== undefined; at += 1) if (itemAt(at)?.problem === null) return at;
  return itemAt(0) === undefined ? -1 : 0;
}

function focusField(id: string): void {
  document.getElementById(id)?.focus();
}
