/** Errors as data: one shape that survives every process boundary and is matched by `code`. */

/** What went wrong, for a person and for a program. */
export interface AppErrorData {
  /** `area/reason`, stable, matched by callers: `image/truncated`, `project/newer`. */
  readonly code: string;
  /** What happened and what it means for the person's data, in neutral words. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** Facts for a report: paths, counts, sizes. JSON values only. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The throwable form of {@link AppErrorData}. Compare `code`, never `instanceof`, once it may have crossed a process. */
export class AppError extends Error implements AppErrorData {
  readonly code: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(data: {
    code: string;
    message: string;
    hint?: string;
    details?: Record<string, unknown>;
    cause?: unknown;
  }) {
    super(data.message, data.cause === undefined ? undefined : { cause: data.cause });
    this.name = 'AppError';
    this.code = data.code;
    this.hint = data.hint ?? '';
    this.details = data.details ?? {};
  }
}

/** True for anything shaped like an application error, whichever process made it. */
export function isAppErrorData(value: unknown): value is AppErrorData {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<AppErrorData>;
  return (
    typeof candidate.code === 'string' &&
    candidate.code.includes('/') &&
    typeof candidate.message === 'string'
  );
}

/** Turns anything thrown into plain error data. Unknown faults get `internal/unexpected` and keep their text. */
export function toAppErrorData(thrown: unknown): AppErrorData {
  if (isAppErrorData(thrown)) {
    return {
      code: thrown.code,
      message: thrown.message,
      hint: thrown.hint ?? '',
      details: thrown.details ?? {},
    };
  }
  const text = thrown instanceof Error ? thrown.message : describeThrown(thrown);
  const nodeCode =
    typeof thrown === 'object' && thrown !== null && 'code' in thrown
      ? describeThrown(thrown.code)
      : undefined;
  // EDQUOT and EFBIG: a quota or a limit of the system, which to a person is a full disk.
  if (nodeCode === 'ENOSPC' || nodeCode === 'EDQUOT' || nodeCode === 'EFBIG') {
    return {
      code: 'disk/full',
      message: 'The disk is full, so the last step was not written. Everything saved before it is intact.',
      hint: 'Free some space, then repeat the last step.',
      details: { cause: text },
    };
  }
  if (nodeCode === 'EACCES' || nodeCode === 'EPERM' || nodeCode === 'EROFS') {
    return {
      code: 'file/not-permitted',
      message: `The system refused access to a file or folder, so this step was not done: ${text}`,
      hint: 'Check the permissions of the folder, or choose another one.',
      details: { cause: text },
    };
  }
  if (nodeCode === 'EBUSY') {
    return {
      code: 'file/in-use',
      message: `Another program has a file open that had to be written, so this step was not finished: ${text}`,
      hint: 'Close the file in the other program, then repeat the step.',
      details: { cause: text },
    };
  }
  return {
    code: 'internal/unexpected',
    message: `Something unexpected stopped this step: ${text}`,
    hint: 'Saved work is intact. Try again; if it happens again, run `doctor` and report what it prints.',
    details: nodeCode === undefined ? {} : { cause: nodeCode },
  };
}

/** Text of anything at all: even an object whose own `toString` is broken may be thrown. */
function describeThrown(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
