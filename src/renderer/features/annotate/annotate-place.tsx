/** Annotate: the list of images, the canvas, and what is on this image. */
import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactElement, useCallback, useEffect, useMemo, useState } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import { api, originalUrl, thumbnailUrl } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useImages, useProject } from '../../api/queries.ts';
import { announce } from '../../app/announcer.tsx';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { goTo } from '../../app/route.ts';
import { useCanvasFocus } from '../../app/use-canvas-focus.ts';
import { useKeys } from '../../app/use-keys.ts';
import { AnnotationCanvas } from '../../canvas/annotation-canvas.tsx';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Remark, Waiting } from '../../ui/notes.tsx';
import { problemText } from '../../ui/states.tsx';
import styles from './annotate.module.css';
import { type FilterChoice, makeFilter } from './image-filter.ts';
import { ImageList } from './image-list.tsx';
import { RightPanel } from './right-panel.tsx';
import { StatusBar } from './status-bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { useHeatmap } from './use-heatmap.ts';

export function AnnotatePlace({ imageId }: { imageId: string | null }): ReactElement {
  const session = useLabelSession();
  if (session === null) return <Waiting label={t('action.loading')} />;
  return <Annotate session={session} imageId={imageId} />;
}

function Annotate({ session, imageId }: { session: LabelSession; imageId: string | null }): ReactElement {
  const { editor } = session;
  const [choice, setChoice] = useState<FilterChoice>('all');
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text, 200);
  const filter = useMemo(() => makeFilter(choice, typed), [choice, typed]);
  const images = useImages(filter);
  const items = images.data?.items;
  const index = items?.findIndex(({ id }) => id === imageId) ?? -1;
  const openId = useEditorValue(editor, ({ image }) => image?.id ?? null);
  const problem = useEditorValue(editor, ({ image }) => image?.problem ?? null);
  const hasSelection = useEditorValue(editor, ({ selectedBoxIds }) => selectedBoxIds.length > 0);
  const open = useCallback((id: string) => goTo('annotate', id, { replace: true }), []);
  const go = useImageSteps(items, index, open);
  const heatmap = useHeatmap(editor, openId);

  useEffect(() => {
    if (imageId !== null) void session.openImage(imageId);
  }, [session, imageId]);
  const firstId = items?.find(({ problem }) => problem === null)?.id;
  useEffect(() => {
    if (imageId === null && firstId !== undefined) open(firstId);
  }, [imageId, firstId, open]);
  const nextId = items?.[index + 1]?.id;
  useEffect(() => {
    if (nextId !== undefined && openId === imageId) session.preload(nextId);
  }, [session, nextId, openId, imageId]);

  useCanvasFocus(openId !== null);
  useKeys({
    D: () => go(1, false),
    A: () => go(-1, false),
    PageDown: () => go(1, false),
    PageUp: () => go(-1, false),
    'Shift+D': () => go(1, true),
    'Shift+A': () => go(-1, true),
    // With a box selected, arrows move the box.
    ...(hasSelection ? {} : { ArrowRight: () => go(1, false), ArrowLeft: () => go(-1, false) }),
  });
  return (
    <div className={layout.columns}>
      <ImageList
        items={items}
        total={images.data?.total ?? 0}
        error={images.isError ? readError(images.error) : null}
        currentId={imageId}
        choice={choice}
        text={text}
        onChoice={setChoice}
        onText={setText}
        onOpen={open}
      />
      <section className={layout.stage} aria-label={t('annotate.canvas')}>
        <Toolbar
          editor={editor}
          position={index}
          total={items?.length ?? 0}
          onStep={(step) => go(step, false)}
        />
        {problem === null ? null : (
          <div className={styles.problem}>
            <Remark kind="warning">
              {problemText(problem)} <span className={layout.dim}>{t('annotate.unusedText')}</span>
            </Remark>
          </div>
        )}
        <div className={styles.canvas}>
          {openId === null ? (
            <div>
              <NothingOpen />
            </div>
          ) : (
            <AnnotationCanvas
              editor={editor}
              imageUrl={originalUrl(openId)}
              previewUrl={thumbnailUrl(openId, 512)}
              heatmap={heatmap.layer}
              label={t('annotate.canvas')}
              failedContent={t('annotate.unreadable')}
            />
          )}
        </div>
        <StatusBar editor={editor} />
      </section>
      <RightPanel session={session} heatmap={heatmap} />
    </div>
  );
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

/** Moves through the list as filtered; `isUnreviewed` skips images that are reviewed or empty. Says so at the ends. */
function useImageSteps(
  items: readonly ImageListItem[] | undefined,
  index: number,
  open: (id: string) => void,
) {
  return (step: 1 | -1, isUnreviewed: boolean): void => {
    if (items === undefined) return;
    for (let at = index + step; at >= 0 && at < items.length; at += step) {
      const item = items[at];
      if (item === undefined) return;
      const isSettled = item.state === 'reviewed' || item.state === 'empty';
      if (isUnreviewed && (isSettled || item.problem !== null)) continue;
      open(item.id);
      return;
    }
    announce(t(step === 1 ? 'annotate.lastImage' : 'annotate.firstImage'));
  };
}
