/** Says in plain words why a photograph could not be read. One such photograph is a fault of that item, never of the job. */
import { AppError } from '../../core/errors.ts';

const HINT_REPLACE =
  'Copy the photograph again from where it came from; the rest of the work goes on without it.';

/** Turns what the decoder or the file system threw into an item fault. `file` is named in the details. */
export function decodeFault(error: unknown, file: string): AppError {
  const cause = error instanceof Error ? error.message : String(error);
  const system = error instanceof Error && 'code' in error ? String(error.code) : '';
  const fault = (code: string, message: string, hint: string): AppError =>
    new AppError({ code, message, hint, details: { file, cause }, cause: error });
  if (system === 'ENOENT' || /file is missing|no such file/i.test(cause)) {
    return fault(
      'image/missing',
      'The photograph is no longer where it was, so it was left out. Its labels are kept.',
      'Put the folder back, or link the project to its new place.',
    );
  }
  if (system === 'EACCES' || system === 'EPERM' || /permission denied/i.test(cause)) {
    return fault(
      'file/not-permitted',
      'The system refused to open the photograph, so it was left out.',
      'Check its permissions.',
    );
  }
  if (/pixel limit/i.test(cause)) {
    return fault(
      'image/too-large',
      'The photograph has more pixels than the studio reads, so it was left out.',
      'Save a smaller copy, or cut it into parts.',
    );
  }
  if (/unsupported image format|empty file|is empty|unknown file/i.test(cause)) {
    return fault(
      'image/not-an-image',
      'The file holds no photograph that can be read, so it was left out.',
      HINT_REPLACE,
    );
  }
  if (
    /premature end|truncated|unexpected end|out of data|end of (file|stream)|read error|not enough data/i.test(
      cause,
    )
  ) {
    return fault('image/truncated', 'The photograph is cut short, so it was left out.', HINT_REPLACE);
  }
  return fault(
    'image/unreadable',
    `The photograph cannot be decoded, so it was left out: ${cause}`,
    HINT_REPLACE,
  );
}
