/** Under the canvas: what is said about the whole image, the cut of the suggestions, and whether all is saved. */
import { Button, Slider } from '@mantine/core';
import { memo, type ReactElement } from 'react';
import type { Editor } from '../../../editor/types.ts';
import { useEditorValue, useLateValue } from '../../canvas/use-editor-value.ts';
import { keyOf } from '../../ui/editor-button.tsx';
import { KeyedLabel } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { StateMark } from '../../ui/states.tsx';
import styles from './annotate.module.css';

export const StatusBar = memo(function StatusBar({ editor }: { editor: Editor }): ReactElement {
  const image = useLateValue(editor, (snapshot) => snapshot.image);
  const keepsPrevious = useLateValue(editor, (snapshot) => snapshot.keepsPrevious);
  return (
    <div className={styles.status}>
      {image === null ? null : (
        <>
          <span className={styles.wideOnly}>
            <StateMark state={image.state} problem={image.problem} />
          </span>
          <Button
            variant={image.state === 'empty' ? 'light' : 'default'}
            aria-pressed={image.state === 'empty'}
            leftSection={<Icon name="empty" size={14} />}
            onClick={() => editor.run('image.markEmpty')}
          >
            <KeyedLabel label={t('annotate.markEmpty')} keys={keyOf(editor, 'image.markEmpty')} />
          </Button>
          <Button
            variant={image.state === 'reviewed' ? 'light' : 'default'}
            aria-pressed={image.state === 'reviewed'}
            leftSection={<Icon name="check" size={14} />}
            onClick={() => editor.run('image.markReviewed')}
          >
            <KeyedLabel label={t('annotate.markReviewed')} keys={keyOf(editor, 'image.markReviewed')} />
          </Button>
        </>
      )}
      {keepsPrevious ? (
        <Button variant="light" aria-pressed onClick={() => editor.run('box.keepPrevious')}>
          <KeyedLabel label={t('annotate.keeps')} keys={keyOf(editor, 'box.keepPrevious')} />
        </Button>
      ) : null}
      <span className={styles.statusGap} />
      <SuggestionControls editor={editor} />
      <SaveMark editor={editor} />
    </div>
  );
});

function SuggestionControls({ editor }: { editor: Editor }): ReactElement | null {
  const open = useLateValue(editor, ({ openPredictions }) => openPredictions.length);
  const hasAny = useLateValue(editor, ({ predictions }) =>
    predictions.some(({ status }) => status === 'pending'),
  );
  // What a control shows follows it at once.
  const cut = useEditorValue(editor, ({ cutScore }) => cutScore);
  if (!hasAny) return null;
  return (
    <div className={styles.cut}>
      <span className={`${layout.dim} ${styles.wideOnly}`}>{t('annotate.suggestions', { n: open })}</span>
      <Slider
        className={styles.cutSlider ?? ''}
        thumbLabel={t('annotate.cut')}
        min={0}
        max={1}
        step={0.05}
        label={(value) => value.toFixed(2)}
        value={cut}
        onChange={(value) => editor.setCutScore(value)}
      />
      <span className={styles.cutValue} title={t('annotate.cutKeys')}>
        {t('annotate.atLeast', { score: cut.toFixed(2) })}
      </span>
      <Button variant="default" disabled={open === 0} onClick={() => editor.run('prediction.acceptAll')}>
        <KeyedLabel label={t('annotate.acceptAll')} keys={keyOf(editor, 'prediction.acceptAll')} />
      </Button>
    </div>
  );
}

function SaveMark({ editor }: { editor: Editor }): ReactElement {
  const save = useLateValue(editor, (snapshot) => snapshot.save);
  return (
    <span className={styles.save} data-kind={save.kind} role="status">
      <Icon
        name={save.kind === 'failed' ? 'problem' : save.kind === 'saved' ? 'check' : 'restart'}
        size={12}
      />
      <span>{t(`save.${save.kind}`)}</span>
    </span>
  );
}
