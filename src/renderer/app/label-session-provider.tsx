/** Makes the label session of the open project and offers it to all places. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactElement, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Editor } from '../../editor/types.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { noticeText } from '../ui/editor-text.ts';
import { baseName } from '../ui/format-numbers.ts';
import { labelText } from '../ui/gesture-labels.ts';
import { t } from '../ui/messages.ts';
import { announce, announceError } from './announcer.tsx';
import { keysOf } from './keymap.ts';
import { createLabelSession, type LabelSession } from './label-session.ts';
import { usePreferences } from './preferences.ts';
import { currentRoute, goTo } from './route.ts';

const SessionContext = createContext<LabelSession | null>(null);

/** How far undo reaches back over restarts. */
const historyLength = 1000;

export function LabelSessionProvider({
  projectPath,
  children,
}: {
  projectPath: string | null;
  children: ReactNode;
}): ReactElement {
  const cache = useQueryClient();
  const [session, setSession] = useState<LabelSession | null>(null);
  useEffect(() => {
    if (projectPath === null) return undefined;
    let made: LabelSession | null = null;
    let ended = false;
    api.listGestures.query({ limit: historyLength }).then(
      (history) => {
        if (ended) return;
        made = createLabelSession(cache, history, showUndone);
        setSession(made);
      },
      (error: unknown) => announceError(readError(error)),
    );
    const warn = (event: BeforeUnloadEvent): void => {
      if (made?.hasUnsaved() === true) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      ended = true;
      window.removeEventListener('beforeunload', warn);
      setSession(null);
      made?.close();
    };
  }, [projectPath, cache]);
  const { preset, keys } = usePreferences();
  // biome-ignore lint/correctness/useExhaustiveDependencies: preset and keys are what the keymap is made of.
  useEffect(() => session?.editor.setKeys(keysOf), [session, preset, keys]);
  useEffect(() => (session === null ? undefined : announceSteps(session.editor)), [session]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Undo crossed to another image: on Annotate the list follows; elsewhere the place itself decides. */
function showUndone(imageId: string): void {
  if (currentRoute().place === 'annotate') goTo('annotate', imageId, { replace: true });
}

/** Says what undo and redo changed, and passes on why a key did nothing. */
function announceSteps(editor: Editor): () => void {
  let lastStep = editor.getSnapshot().lastStep;
  return editor.subscribe(() => {
    const { lastStep: step, notice, image } = editor.getSnapshot();
    if (step !== null && step !== lastStep) {
      lastStep = step;
      const label = labelText(step.gesture.label);
      const isUndo = step.kind === 'undo';
      // A step that concerns an image is made while that image is open.
      const text =
        image === null || step.imageId !== image.id
          ? t(isUndo ? 'history.undoneAll' : 'history.redoneAll', { label })
          : t(isUndo ? 'history.undone' : 'history.redone', { label, image: baseName(image.path) });
      announce(text, step.kind);
    }
    if (notice !== null) {
      announce(noticeText(notice));
      editor.dismissNotice();
    }
  });
}

/** The session of the open project; null while it loads or when none is open. */
export const useLabelSession = (): LabelSession | null => useContext(SessionContext);
