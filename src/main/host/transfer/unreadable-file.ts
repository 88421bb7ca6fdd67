/** A file of a source that the system does not let be read: a broken link, one without permission, a disk that fails. */
import { AppError, isAppErrorData } from '../../../core/errors.ts';

const codes: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'EIO', 'EBUSY']);

/** `import/unreadable` with the file's name for the system's own error; anything else as it is. */
export function asUnreadableFile(thrown: unknown): unknown {
  if (isAppErrorData(thrown) || !(thrown instanceof Error)) return thrown;
  const { code, path } = thrown as NodeJS.ErrnoException;
  if (path === undefined || !codes.has(code)) return thrown;
  return new AppError({
    code: 'import/unreadable',
    message: `${path} cannot be read (${code}), so nothing was imported: what it says would be missing.`,
    hint: 'Mend the link or the permissions, or take the file out of the folder, and import again.',
    details: { path, cause: code ?? '' },
    cause: thrown,
  });
}
