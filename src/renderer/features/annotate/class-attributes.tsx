/** Which attributes the boxes of a class have: text, number, or a choice. What boxes say already stays with them. */
import { Button, Select, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import type { ClassAttribute } from '../../../core/records.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { t } from '../../ui/messages.ts';
import styles from './class-dialog.module.css';

const kinds = ['text', 'number', 'choice'] as const;

export function ClassAttributes({
  attributes,
  onChange,
}: {
  attributes: readonly ClassAttribute[];
  onChange: (attributes: readonly ClassAttribute[]) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<ClassAttribute['kind']>('text');
  const [typed, setTyped] = useState('');
  const choices = [...new Set(typed.split(',').map((choice) => choice.trim()))].filter(
    (choice) => choice !== '',
  );
  const isTaken = attributes.some((attribute) => attribute.name === name.trim());
  const canAdd = name.trim() !== '' && !isTaken && (kind !== 'choice' || choices.length > 0);
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (!canAdd) return;
    onChange([...attributes, { name: name.trim(), kind, choices: kind === 'choice' ? choices : [] }]);
    setName('');
    setTyped('');
  };
  return (
    <section className={styles.part} aria-label={t('class.attributes')}>
      <h3>{t('class.attributes')}</h3>
      {attributes.length === 0 ? <p className={styles.dim}>{t('class.noAttributes')}</p> : null}
      <ul className={styles.list}>
        {attributes.map((attribute) => (
          <li key={attribute.name}>
            <span>{attribute.name}</span>
            <span className={styles.dim}>
              {attribute.kind === 'choice'
                ? attribute.choices.join(' · ')
                : t(`class.attributeKind.${attribute.kind}`)}
            </span>
            <IconButton
              icon="cross"
              size={24}
              label={t('class.attributeRemove', { name: attribute.name })}
              onClick={() => onChange(attributes.filter((other) => other !== attribute))}
            />
          </li>
        ))}
      </ul>
      <form className={styles.row} onSubmit={add}>
        <TextInput
          className={styles.grow ?? ''}
          label={t('class.attributeName')}
          value={name}
          error={isTaken ? t('class.attributeTaken') : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          w={100}
          label={t('class.attributeKind')}
          data={kinds.map((value) => ({ value, label: t(`class.attributeKind.${value}`) }))}
          value={kind}
          onChange={(value) => setKind(kinds.find((one) => one === value) ?? 'text')}
        />
        <Button type="submit" variant="default" disabled={!canAdd}>
          {t('class.add')}
        </Button>
      </form>
      {kind === 'choice' ? (
        <TextInput
          label={t('class.attributeChoices')}
          placeholder={t('class.attributeChoicesExample')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
    </section>
  );
}
