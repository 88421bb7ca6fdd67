/** Says in plain words why a photograph could not be read. One such photograph is a fault of that item, never of the job. */
import { AppError } from '../../core/errors.ts';
import { readSignature } from './file-signature.ts';

/**
 * Turns what the decoder or the file system threw into an item fault. Where the decoder's words do not settle it, the file's own first
 * and last bytes do: the decoder keeps one text for all its threads, so under load a text may be empty or another file's.
 */
export async function decodeFault(error: unknown, file: string): Promise<AppError> {
  const cause = error instanceof Error ? error.message : String(error);
  const fault = (code: keyof typeof REASONS): AppError =>
    new AppError({ code, ...REASONS[code], details: { file, cause }, cause: error });
  try {
    const { format, cutShort } = await readSignature(file);
    if (/pixel limit/i.test(cause)) return fault('image/too-large');
    if (format === null) return fault('image/not-an-image');
    if (cutShort || /premature end|read error|unexpected end/i.test(cause)) return fault('image/truncated');
    return fault('image/unreadable');
  } catch (refusal) {
    const code = refusal instanceof Error && 'code' in refusal ? refusal.code : '';
    if (code === 'ENOENT') return fault('image/missing');
    if (code === 'EACCES' || code === 'EPERM') return fault('file/not-permitted');
    return fault('image/unreadable');
  }
}

const HINT_REPLACE =
  'Copy the photograph again from where it came from; the rest of the work goes on without it.';

const REASONS = {
  'image/missing': {
    message: 'The photograph is no longer where it was, so it was left out. Its labels are kept.',
    hint: 'Put the folder back, or link the project to its new place.',
  },
  'file/not-permitted': {
    message: 'The system refused to open the photograph, so it was left out.',
    hint: 'Check the permissions of the file and its folder.',
  },
  'image/too-large': {
    message: 'The photograph has more pixels than the studio reads, so it was left out.',
    hint: 'Save a smaller copy, or cut it into parts.',
  },
  'image/not-an-image': {
    message: 'The file holds no photograph that can be read, so it was left out.',
    hint: HINT_REPLACE,
  },
  'image/truncated': { message: 'The photograph is cut short, so it was left out.', hint: HINT_REPLACE },
  'image/unreadable': {
    message: 'The photograph is damaged or of a kind that cannot be decoded, so it was left out.',
    hint: HINT_REPLACE,
  },
} as const;
