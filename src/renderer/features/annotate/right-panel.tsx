/** Right of the canvas: classes, the boxes and suggestions of this image, and its facts. */
import { memo, type ReactElement } from 'react';
import type { ImageRecord } from '../../../core/records.ts';
import type { Editor } from '../../../editor/types.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLateValue } from '../../canvas/use-editor-value.ts';
import { formatTime } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { stateText } from '../../ui/states.tsx';
import styles from './annotate.module.css';
import { BoxesPanel, SuggestionsPanel } from './boxes-panel.tsx';
import { ClassesPanel } from './classes-panel.tsx';
import { HeatPanel } from './heat-panel.tsx';
import { ImageSaid } from './image-said.tsx';
import { SelectionPanel } from './selection-panel.tsx';
import type { Heatmap } from './use-heatmap.ts';
import { ViewPanel } from './view-panel.tsx';
import { useViewSettings } from './view-settings.ts';

export const RightPanel = memo(function RightPanel({
  session,
  heatmap,
}: {
  session: LabelSession;
  heatmap: Heatmap;
}): ReactElement {
  const image = useLateValue(session.editor, (snapshot) => snapshot.image);
  const { isPanelOpen } = useViewSettings();
  return (
    <aside className={styles.right} aria-label={t('annotate.details')}>
      {isPanelOpen ? <ViewPanel editor={session.editor} /> : null}
      {heatmap.isOn ? <HeatPanel heatmap={heatmap} editor={session.editor} /> : null}
      <ClassesPanel session={session} />
      <BoxesPanel editor={session.editor} />
      <SelectionPanel editor={session.editor} />
      <SuggestionsPanel editor={session.editor} />
      {image === null ? null : <ImageFacts editor={session.editor} image={image} />}
    </aside>
  );
});

function ImageFacts({ editor, image }: { editor: Editor; image: ImageRecord }): ReactElement {
  return (
    <section className={styles.panel} aria-label={t('annotate.facts')}>
      <div className={layout.head}>
        <h2>{t('annotate.facts')}</h2>
      </div>
      <ImageSaid key={image.id} editor={editor} image={image} />
      <dl className={`${layout.facts} ${styles.facts}`}>
        <dt>{t('facts.file')}</dt>
        <dd title={image.path}>{image.path}</dd>
        <dt>{t('facts.size')}</dt>
        <dd>{t('facts.sizePx', { w: String(image.widthPx), h: String(image.heightPx) })}</dd>
        <dt>{t('facts.state')}</dt>
        <dd>{image.problem === null ? stateText(image.state) : t('state.problem')}</dd>
        <dt>{t('facts.split')}</dt>
        <dd>{image.split === null ? '–' : t(`split.${image.split}`)}</dd>
        <dt>{t('facts.group')}</dt>
        <dd title={image.group ?? ''}>{image.group ?? '–'}</dd>
        {image.capturedAtMs === null ? null : (
          <>
            <dt>{t('facts.captured')}</dt>
            <dd>{formatTime(image.capturedAtMs)}</dd>
          </>
        )}
        {image.orientation === 1 ? null : (
          <>
            <dt>{t('facts.orientation')}</dt>
            <dd>{t('facts.orientationText', { n: String(image.orientation) })}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
