/** What is selected, in numbers and words: place, line, length, attributes; and what can be done with several boxes at once. */
import type { ReactElement } from 'react';
import type { BoxRecord, ClassRecord } from '../../../core/records.ts';
import { computeLineLengthPx, placeBox, placeLineEnd } from '../../../editor/typed-edits.ts';
import type { Editor } from '../../../editor/types.ts';
import { useProject } from '../../api/queries.ts';
import { useSettledValue } from '../../canvas/use-editor-value.ts';
import { EditorButton } from '../../ui/editor-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './annotate.module.css';
import { AttributeFields } from './attribute-fields.tsx';
import fields from './selection-panel.module.css';
import { formatPx, parseNumber, TypedField } from './typed-field.tsx';

const alignments = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const;

export function SelectionPanel({ editor }: { editor: Editor }): ReactElement | null {
  const boxes = useSettledValue(editor, (snapshot) => snapshot.boxes);
  const classes = useSettledValue(editor, (snapshot) => snapshot.classes);
  const selectedIds = useSettledValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const ids = new Set(selectedIds);
  const selected = ids.size === 0 ? [] : boxes.filter(({ id }) => ids.has(id));
  const [first] = selected;
  if (first === undefined) return null;
  const isLocked = selected.every(({ locked }) => locked === true);
  return (
    <section className={styles.panel} aria-label={t('selection.title')}>
      <div className={layout.head}>
        <h2>{t('selection.title')}</h2>
        <span>{t('annotate.boxesHere', { n: selected.length })}</span>
      </div>
      <div className={fields.fields}>
        {selected.length === 1 ? <PlaceFields editor={editor} box={first} isLocked={isLocked} /> : null}
        <AttributeFields
          editor={editor}
          boxes={selected}
          record={sharedClass(selected, classes)}
          isLocked={isLocked}
        />
      </div>
      <div className={fields.actions} role="toolbar" aria-label={t('selection.actions')}>
        <EditorButton
          editor={editor}
          command="box.lock"
          icon={isLocked ? 'lock' : 'unlock'}
          label={isLocked ? t('selection.unlock') : t('selection.lock')}
          pressed={isLocked}
        />
        <EditorButton editor={editor} command="box.toFront" icon="front" />
        <EditorButton editor={editor} command="box.forward" icon="up" />
        <EditorButton editor={editor} command="box.backward" icon="down" />
        <EditorButton editor={editor} command="box.toBack" icon="back" />
        <EditorButton editor={editor} command="box.duplicate" icon="copy" />
        <EditorButton editor={editor} command="box.delete" icon="trash" disabled={isLocked} />
        {selected.some(({ head, tail }) => head !== null || tail !== null) ? (
          <>
            <EditorButton editor={editor} command="line.flip" icon="flip" />
            <EditorButton editor={editor} command="line.remove" icon="line-off" />
          </>
        ) : null}
      </div>
      {selected.length > 1 ? (
        <div className={fields.actions} role="toolbar" aria-label={t('selection.align')}>
          {alignments.map((end) => (
            <EditorButton key={end} editor={editor} command={`align.${end}`} icon={`align-${end}`} />
          ))}
          {selected.length > 2 ? (
            <>
              <EditorButton editor={editor} command="align.spreadAcross" icon="spread-across" />
              <EditorButton editor={editor} command="align.spreadDown" icon="spread-down" />
            </>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

function sharedClass(boxes: readonly BoxRecord[], classes: readonly ClassRecord[]): ClassRecord | undefined {
  const [first] = boxes;
  return boxes.every(({ classId }) => classId === first?.classId)
    ? classes.find(({ id }) => id === first?.classId)
    : undefined;
}

function PlaceFields(props: { editor: Editor; box: BoxRecord; isLocked: boolean }): ReactElement {
  const { editor, box, isLocked } = props;
  const image = useSettledValue(editor, (snapshot) => snapshot.image);
  const projectScale = useProject().data?.mmPerPx ?? null;
  const size = { widthPx: image?.widthPx ?? 1, heightPx: image?.heightPx ?? 1 };
  const scale = image?.mmPerPx ?? projectScale;
  const lengthPx = computeLineLengthPx(box);
  const write = (after: BoxRecord): void => editor.write(t('selection.placeLabel'), { boxes: [after] });
  return (
    <>
      <div className={fields.four}>
        {(['x', 'y', 'w', 'h'] as const).map((field) => (
          <TypedField
            key={field}
            of={box.id}
            label={t(`selection.${field}`)}
            value={formatPx(box[field])}
            parse={parseNumber}
            isNumber
            step={1}
            disabled={isLocked}
            onValue={(value) => write(placeBox(box, field, value, size, 1))}
          />
        ))}
      </div>
      {scale === null ? null : (
        <p className={fields.note}>
          {t('selection.sizeMm', { w: formatPx(box.w * scale), h: formatPx(box.h * scale) })}
        </p>
      )}
      {lengthPx === undefined ? null : (
        <>
          <div className={fields.four}>
            {(['head', 'tail'] as const).flatMap((end) =>
              (['x', 'y'] as const).map((axis) => (
                <TypedField
                  key={`${end}-${axis}`}
                  of={box.id}
                  label={t(`selection.${end}.${axis}`)}
                  value={formatPx(box[end]?.[axis] ?? 0)}
                  parse={parseNumber}
                  isNumber
                  step={1}
                  disabled={isLocked}
                  onValue={(value) => {
                    const point = box[end];
                    if (point !== null) write(placeLineEnd(box, end, { ...point, [axis]: value }, size));
                  }}
                />
              )),
            )}
          </div>
          <p className={fields.note}>
            {scale === null
              ? t('selection.lengthPx', { px: formatPx(lengthPx) })
              : t('selection.length', { px: formatPx(lengthPx), mm: formatPx(lengthPx * scale) })}
          </p>
        </>
      )}
    </>
  );
}
