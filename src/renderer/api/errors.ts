/** Turns whatever a request threw into error data that can be shown: message and hint. */
import { type AppErrorData, isAppErrorData, toAppErrorData } from '../../core/errors.ts';
import { t } from '../ui/messages.ts';

/** Application errors pass through as they are; a host that does not answer becomes `connection/lost`. */
export function readError(thrown: unknown): AppErrorData {
  const app = findAppError(thrown);
  if (app !== null) return app;
  if (isNetworkFault(thrown)) {
    return {
      code: 'connection/lost',
      message: t('error.connection'),
      hint: t('error.connectionHint'),
      details: {},
    };
  }
  return toAppErrorData(thrown);
}

function findAppError(thrown: unknown): AppErrorData | null {
  if (isAppErrorData(thrown)) return thrown;
  if (typeof thrown !== 'object' || thrown === null || !('data' in thrown)) return null;
  const { data } = thrown;
  if (typeof data !== 'object' || data === null || !('app' in data)) return null;
  return isAppErrorData(data.app) ? data.app : null;
}

function isNetworkFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return thrown.name === 'TRPCClientError' || thrown.message === 'Failed to fetch';
}
