/** The attributes of the selected boxes: fields for those their class asks for, a list of those that came from elsewhere. */
import { Select } from '@mantine/core';
import type { ReactElement } from 'react';
import type { BoxRecord, ClassAttribute, ClassRecord } from '../../../core/records.ts';
import { setAttribute } from '../../../editor/typed-edits.ts';
import type { Editor } from '../../../editor/types.ts';
import { t } from '../../ui/messages.ts';
import fields from './selection-panel.module.css';
import { parseNumber, TypedField } from './typed-field.tsx';

type Value = BoxRecord['attributes'][string];

export function AttributeFields(props: {
  editor: Editor;
  boxes: readonly BoxRecord[];
  /** The class of all of them; undefined when they differ, and nothing is asked. */
  record: ClassRecord | undefined;
  isLocked: boolean;
}): ReactElement {
  const { editor, boxes, record, isLocked } = props;
  const asked = record?.attributes ?? [];
  const [first] = boxes;
  const others =
    boxes.length === 1 && first !== undefined
      ? Object.entries(first.attributes).filter(([name]) => !asked.some((one) => one.name === name))
      : [];
  const write = (name: string, value: Value | undefined): void =>
    editor.write(t('selection.attributeLabel', { name }), {
      boxes: boxes.map((box) => setAttribute(box, name, value)),
    });
  return (
    <>
      {asked.map((attribute) => (
        <AttributeField
          key={`${first?.id}-${attribute.name}`}
          attribute={attribute}
          values={boxes.map((box) => box.attributes[attribute.name])}
          isLocked={isLocked}
          onValue={(value) => write(attribute.name, value)}
        />
      ))}
      {others.map(([name, value]) => (
        <p key={name} className={fields.note}>
          {t('selection.attributeOther', { name, value: String(value) })}
        </p>
      ))}
    </>
  );
}

function AttributeField(props: {
  attribute: ClassAttribute;
  values: readonly (Value | undefined)[];
  isLocked: boolean;
  onValue: (value: Value | undefined) => void;
}): ReactElement {
  const { attribute, values, isLocked, onValue } = props;
  const [first] = values;
  const isShared = values.every((value) => value === first);
  const text = isShared && first !== undefined ? String(first) : '';
  const placeholder = isShared ? '' : t('selection.differs');
  if (attribute.kind === 'choice') {
    const known = new Set(attribute.choices);
    const data = text === '' || known.has(text) ? attribute.choices : [...attribute.choices, text];
    return (
      <Select
        label={attribute.name}
        placeholder={placeholder === '' ? t('selection.noChoice') : placeholder}
        data={[...data]}
        value={text === '' ? null : text}
        clearable
        clearButtonProps={{ 'aria-label': t('selection.attributeClear', { name: attribute.name }) }}
        disabled={isLocked}
        onChange={(value) => onValue(value ?? undefined)}
      />
    );
  }
  const isNumber = attribute.kind === 'number';
  return (
    <TypedField<Value | null>
      label={attribute.name}
      value={text}
      placeholder={placeholder}
      isNumber={isNumber}
      disabled={isLocked}
      parse={(typed) => {
        if (typed.trim() === '') return null;
        return isNumber ? parseNumber(typed) : typed.trim();
      }}
      onValue={(value) => onValue(value ?? undefined)}
    />
  );
}
