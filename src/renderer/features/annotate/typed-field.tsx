/** Fields that change a label when the person is done with them: on Enter, or when the focus goes elsewhere. Escape brings back what was. */
import { TextInput } from '@mantine/core';
import {
  type KeyboardEvent,
  memo,
  type ReactElement,
  type Ref,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';

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
  const input = useRef<HTMLInputElement>(null);
  const shown = typed ?? value;
  const [first] = useState(shown);
  // Past React: another value is another text in the same field, and drawing that anew costs ten times the text.
  useLayoutEffect(() => {
    if (input.current !== null && input.current.value !== shown) input.current.value = shown;
  });
  const latest = useRef<FieldHandlers>({ type: setTyped, leave: () => finish(typed), press });
  latest.current = { type: setTyped, leave: () => finish(typed), press };
  const [handlers] = useState<FieldHandlers>(() => ({
    type: (text) => latest.current.type(text),
    leave: () => latest.current.leave(),
    press: (event) => latest.current.press(event),
  }));
  return (
    <Field
      input={input}
      label={label}
      placeholder={placeholder}
      disabled={disabled}
      isNumber={isNumber}
      first={first}
      handlers={handlers}
    />
  );
}

interface FieldHandlers {
  readonly type: (text: string) => void;
  readonly leave: () => void;
  readonly press: (event: KeyboardEvent) => void;
}

/** Drawn anew only when something other than its text has changed. */
const Field = memo(function Field(props: {
  readonly input: Ref<HTMLInputElement>;
  readonly label: string;
  readonly placeholder: string;
  readonly disabled: boolean;
  readonly isNumber: boolean;
  /** Its text in the beginning. */
  readonly first: string;
  readonly handlers: FieldHandlers;
}): ReactElement {
  const { input, label, placeholder, disabled, isNumber, first, handlers } = props;
  return (
    <TextInput
      ref={input}
      label={label}
      placeholder={placeholder}
      disabled={disabled}
      inputMode={isNumber ? 'decimal' : 'text'}
      defaultValue={first}
      onChange={(event) => handlers.type(event.currentTarget.value)}
      onBlur={handlers.leave}
      onKeyDown={handlers.press}
    />
  );
});

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
