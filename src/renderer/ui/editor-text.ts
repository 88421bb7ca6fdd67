/** The words for what the headless editor names by id: commands and notices. */
import type { Notice } from '../../editor/types.ts';
import { fillText, isMessageKey, t } from './messages.ts';

/** What a command of the editor is called. */
export function commandTitle(commandId: string): string {
  const key = `do.${commandId}`;
  return isMessageKey(key) ? fillText(key, {}) : t('action.unknown');
}

/** What the editor has to tell, in words. */
export function noticeText({ code, values }: Notice): string {
  return fillText(`notice.${code}`, values);
}
