/** The job that reads a folder of photographs into the open project. */
import { countOf } from '../../../core/count.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { scanProject } from './scan-project.ts';

/** The job; resuming it reads what is still unread. */
export function createScanRunner(context: HostContext): JobRunner {
  return async (_input, { signal, onProgress }) => {
    const report = await scanProject(context.session.require(), {
      signal,
      onProgress,
      newId: context.newId,
      now: context.now,
    });
    const parts = [countOf(report.images, 'image')];
    if (report.added > 0) parts.push(`${report.added} new`);
    if (report.changed > 0) parts.push(`${report.changed} changed`);
    if (report.moved > 0) parts.push(`${report.moved} moved`);
    if (report.missing > 0) parts.push(`${report.missing} missing`);
    if (report.problems.length > 0) parts.push(`${report.problems.length} unusable`);
    if (report.unreadable.length > 0)
      parts.push(
        countOf(report.unreadable.length, 'folder or file not readable', 'folders or files not readable'),
      );
    return { summary: parts.join(', '), result: { ...report } };
  };
}
