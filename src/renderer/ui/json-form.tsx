/** A form drawn from JSON Schema: numbers, whole numbers, yes/no, choices and texts, with their limits and explanations. */
import { MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { hostText } from './host-words.ts';
import { IconButton } from './icon-button.tsx';
import styles from './json-form.module.css';
import { type Field, humanName, readFields } from './json-schema.ts';
import { t } from './messages.ts';

export interface JsonFormProps {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly onChange: (values: Record<string, unknown>) => void;
  /** What a field that asks for trained models offers. */
  readonly listModels?: (field: Field) => readonly ModelChoice[];
  /** Asks for a file and gives its path to `take`; fields that want one have a button for it then. */
  readonly onPickFile?: (field: Field, take: (path: string) => void) => void;
}

export interface ModelChoice {
  readonly value: string;
  readonly label: string;
}

export function JsonForm({ schema, values, onChange, listModels, onPickFile }: JsonFormProps): ReactElement {
  const set = (name: string, value: unknown): void => onChange({ ...values, [name]: value });
  return (
    <div className={styles.form}>
      {readFields(schema).map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? field.fallback}
          models={listModels?.(field) ?? []}
          onChange={(value) => set(field.name, value)}
          onPick={onPickFile && (() => onPickFile(field, (path) => set(field.name, path)))}
        />
      ))}
    </div>
  );
}

function FieldInput({
  field,
  value,
  models,
  onChange,
  onPick,
}: {
  field: Field;
  value: unknown;
  models: readonly ModelChoice[];
  onChange: (value: unknown) => void;
  onPick: (() => void) | undefined;
}): ReactElement {
  const hint = field.example === null ? null : t('form.example', { example: field.example });
  // A choice shows what can be chosen; what is typed needs to be seen once.
  const isTyped = field.kind === 'number' || field.kind === 'integer';
  const explained = hostText(field.description);
  const description = isTyped && hint !== null && explained !== '' ? `${explained} (${hint})` : explained;
  const common = { label: hostText(field.title), description };
  if (field.kind === 'boolean') {
    return (
      <Switch
        {...common}
        className={styles.wide ?? ''}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (field.kind === 'choice') {
    const data = field.choices.map((choice) => ({ value: choice, label: hostText(humanName(choice)) }));
    return (
      <Select
        {...common}
        data={data}
        value={typeof value === 'string' ? value : null}
        onChange={(choice) => onChange(choice)}
      />
    );
  }
  if (field.kind === 'model') {
    return (
      <Select
        {...common}
        clearable
        data={[...models]}
        value={typeof value === 'string' && value !== '' ? value : null}
        onChange={(choice) => onChange(choice ?? '')}
      />
    );
  }
  if (field.kind === 'models') {
    return (
      <MultiSelect
        {...common}
        clearable
        data={[...models]}
        value={typeof value === 'string' ? value.split(',').filter((id) => id !== '') : []}
        onChange={(ids) => onChange(ids.join(','))}
      />
    );
  }
  if (field.kind === 'text' || field.kind === 'file') {
    return (
      <TextInput
        {...common}
        placeholder={hint ?? undefined}
        rightSection={
          field.kind === 'file' && onPick !== undefined ? (
            <IconButton
              icon="folder"
              label={t('form.pick', { name: hostText(field.title) })}
              onClick={onPick}
              size={24}
            />
          ) : null
        }
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <NumberInput
      {...common}
      value={typeof value === 'number' ? value : ''}
      {...(field.min === null ? {} : { min: field.min })}
      {...(field.max === null ? {} : { max: field.max })}
      step={field.multipleOf ?? (field.kind === 'integer' ? 1 : stepOf(field))}
      allowDecimal={field.kind === 'number'}
      clampBehavior="blur"
      onChange={(next) => {
        if (typeof next === 'number') onChange(next);
      }}
    />
  );
}

/** A step that suits the size of the usual value: 0.002 moves by 0.0005, 2 by 0.5. */
function stepOf(field: Field): number {
  const usual = typeof field.fallback === 'number' && field.fallback > 0 ? field.fallback : 1;
  return Math.min(0.5, 10 ** Math.floor(Math.log10(usual)) / 2);
}
