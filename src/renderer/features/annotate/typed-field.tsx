/** Fields that change a label when the person is done with them: on Enter, or when the focus goes elsewhere. Escape brings back what was. */
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useState } from 'react';

/** `value` empty means there is nothing, or not the same for all. A text that `parse` refuses (undefined) is put back. */
export function TypedField<T>(props: {
  /** What the value belongs to, such as a box: what was typed for one is never taken for another. */
  readonly of?: string;
  readonly label: string;
  readonly value: string;
  readonly parse: (text: string) => T | undefined;
  readonly onValue: (value: T) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly isNumber?: boolean;
  /** Up and down change a number by this. */
  readonly step?: number;
}): ReactElement {
  const { label, value, parse, onValue, placeholder = '', disabled = false, isNumber = false } = props;
  const { of = '' } = props;
  // Not by a key: fields that are made anew at each click cost more than the click.
  const [entry, setEntry] = useState<{ of: string; text: string } | null>(null);
  const typed = entry?.of === of ? entry.text : null;
  const setTyped = (text: string | null): void => setEntry(text === null ? null : { of, text });
  const finish = (text: string | null): void => {
    setTyped(null);
    if (text === null || text === value) return;
    const parsed = parse(text);
    if (parsed !== undefined) onValue(parsed);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') finish(typed);
    else if (event.key === 'Escape') setTyped(null);
    else if (isNumber && props.step !== undefined && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      const now = Number(typed ?? value);
      const step = (event.key === 'ArrowUp' ? 1 : -1) * props.step * (event.shiftKey ? 10 : 1);
      if (Number.isFinite(now)) finish(String(now + step));
    }
  };
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      disabled={disabled}
      inputMode={isNumber ? 'decimal' : 'text'}
      value={typed ?? value}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => finish(typed)}
      onKeyDown={press}
    />
  );
}

/** A decimal number however it is written, `12.5` or `12,5`; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.');
  const value = Number(trimmed);
  return trimmed === '' || !Number.isFinite(value) ? undefined : value;
}

/** At most two digits behind the point, without needless zeros. */
export function formatPx(value: number): string {
  return String(Math.round(value * 100) / 100);
}
