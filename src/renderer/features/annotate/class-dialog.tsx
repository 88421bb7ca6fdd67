/** One class: its name, colour, key, place and attributes; merging it into another and splitting another off. Each change is an undo step. */
import { Button, ColorInput, Modal, Select, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { classColorAt } from '../../../core/class-colors.ts';
import {
  assignClassKey,
  changeClass,
  deleteClass,
  findClassNamed,
  moveClass,
} from '../../../core/class-edits.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import type { ClassRecord } from '../../../core/records.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { t } from '../../ui/messages.ts';
import { Remark } from '../../ui/notes.tsx';
import { ClassAttributes } from './class-attributes.tsx';
import styles from './class-dialog.module.css';
import { ClassMerge, ClassSplit } from './class-merge.tsx';

export interface ClassDialogProps {
  readonly session: LabelSession;
  readonly classes: readonly ClassRecord[];
  readonly record: ClassRecord;
  /** In the whole project. */
  readonly boxes: number;
  readonly onClose: () => void;
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];
const swatches = Array.from({ length: 14 }, (_, position) => classColorAt(position));

export function ClassDialog({ session, classes, record, boxes, onClose }: ClassDialogProps): ReactElement {
  const [name, setName] = useState(record.name);
  const [color, setColor] = useState(record.color);
  const twin = findClassNamed(classes, name);
  const isTaken = twin !== undefined && twin.id !== record.id;
  const canSave = name.trim() !== '' && !isTaken && /^#[0-9a-f]{6}$/i.test(color);
  const commit = (label: string, diffs: readonly RecordDiff[]): void => {
    if (diffs.length > 0) session.commit({ label, imageId: null, diffs });
  };
  const save = (): void => {
    if (!canSave) return;
    const renamed = name.trim() !== record.name;
    const label = renamed
      ? t('class.renameLabel', { from: record.name, to: name.trim() })
      : t('class.colourLabel', { name: record.name });
    commit(label, changeClass(record, { ...record, name: name.trim(), color: color.toLowerCase() }));
  };
  const move = (step: 1 | -1): void =>
    commit(
      t('class.moveLabel', { name: record.name }),
      moveClass(classes, record.id, record.position + step),
    );
  const setKey = (key: string | null): void =>
    commit(t('class.keyLabel', { name: record.name }), assignClassKey(classes, record.id, key || null));
  const remove = (): void => {
    commit(t('class.deleteLabel', { name: record.name }), deleteClass(classes, record.id));
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('class.dialog', { name: record.name })}
      size={460}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={styles.dialog}>
        <form
          className={styles.row}
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <TextInput
            className={styles.grow ?? ''}
            label={t('class.name')}
            value={name}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ColorInput
            size="xs"
            w={120}
            label={t('class.colour')}
            format="hex"
            swatches={swatches}
            withEyeDropper={false}
            value={color}
            onChange={setColor}
          />
          <Button
            type="submit"
            variant="default"
            disabled={!canSave || (name.trim() === record.name && color === record.color)}
          >
            {t('action.save')}
          </Button>
        </form>
        {isTaken ? <Remark kind="warning">{t('class.twinMerge', { name: twin.name })}</Remark> : null}
        <div className={styles.row}>
          <Select
            w={120}
            label={t('class.key')}
            data={[{ value: '', label: t('class.noKey') }, ...digits]}
            value={record.key ?? ''}
            onChange={setKey}
          />
          <div className={styles.place}>
            <span>{t('class.place', { n: record.position + 1, total: classes.length })}</span>
            <IconButton
              icon="up"
              label={t('class.up')}
              disabled={record.position === 0}
              onClick={() => move(-1)}
            />
            <IconButton
              icon="down"
              label={t('class.down')}
              disabled={record.position === classes.length - 1}
              onClick={() => move(1)}
            />
          </div>
        </div>
        <ClassAttributes
          attributes={record.attributes ?? []}
          onChange={(attributes) => {
            const { attributes: _, ...bare } = record;
            const after = attributes.length === 0 ? bare : { ...bare, attributes: [...attributes] };
            commit(t('class.attributesLabel', { name: record.name }), changeClass(record, after));
          }}
        />
        <ClassMerge session={session} classes={classes} record={record} boxes={boxes} onDone={onClose} />
        <ClassSplit session={session} classes={classes} record={record} />
        {boxes === 0 ? (
          <section className={styles.part} aria-label={t('class.delete')}>
            <div className={styles.row}>
              <p className={`${styles.dim} ${styles.grow}`}>{t('class.deleteText')}</p>
              <Button variant="default" onClick={remove}>
                {t('class.delete')}
              </Button>
            </div>
          </section>
        ) : null}
      </div>
    </Modal>
  );
}
