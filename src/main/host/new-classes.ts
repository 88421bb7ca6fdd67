/** Classes from names a person typed. */
import { classColorAt, classKeyAt, classNameKey } from '../../core/class-colors.ts';
import { AppError } from '../../core/errors.ts';
import type { ClassRecord } from '../../core/records.ts';

/** Records for new classes in order. Throws `classes/duplicate-name`, `classes/no-name`. */
export function toClassRecords(names: readonly string[], newId: () => string): ClassRecord[] {
  const seen = new Map<string, string>();
  return names.map((typed, position) => {
    const name = typed.trim();
    const key = classNameKey(name);
    const other = seen.get(key);
    if (key === '') {
      throw new AppError({
        code: 'classes/no-name',
        message: 'A class without a name was given. Nothing was made.',
        hint: 'Name every class.',
      });
    }
    if (other !== undefined) throw duplicateClass(other, name);
    seen.set(key, name);
    return {
      id: newId(),
      name,
      color: classColorAt(position),
      key: classKeyAt(position),
      scientificName: null,
      position,
    };
  });
}

/** Two classes may not share a name. */
export function duplicateClass(one: string, other: string): AppError {
  return new AppError({
    code: 'classes/duplicate-name',
    message: `“${one}” and “${other}” are the same class name (case and blanks do not count). Nothing was saved.`,
    hint: 'Give one of them another name.',
    details: { names: [one, other] },
  });
}
