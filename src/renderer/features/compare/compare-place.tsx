/** Compare: what the model says (yellow, dashed) against the hand (red, solid); labels it doubts; two models; classes at a glance. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import { defaultCutScore } from '../../../core/review.ts';
import { useModels } from '../../api/queries.ts';
import { useActions } from '../../app/keymap.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { goTo } from '../../app/route.ts';
import { EditorButton } from '../../ui/editor-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { MinScore } from '../../ui/min-score.tsx';
import { EmptyState, Waiting } from '../../ui/notes.tsx';
import { BesideView } from './beside-view.tsx';
import styles from './compare.module.css';
import { CropsView } from './crops-view.tsx';
import { DoubtsView } from './doubts-view.tsx';
import { dropFocus } from './leave-focus.ts';
import { PairsView } from './pairs-view.tsx';

export function ComparePlace(): ReactElement {
  const session = useLabelSession();
  const models = useModels();
  if (session === null || models.isPending) return <Waiting label={t('action.loading')} />;
  if ((models.data ?? []).length === 0) {
    return (
      <EmptyState
        icon="compare"
        title={t('compare.noModel')}
        text={t('compare.noModelText')}
        action={<Button onClick={() => goTo('train')}>{t('review.toTrain')}</Button>}
      />
    );
  }
  return <Compare session={session} />;
}

const splits = ['valid', 'train', 'test', 'all'] as const satisfies readonly SplitChoice[];
const views = ['pairs', 'doubts', 'beside', 'crops'] as const;
type View = (typeof views)[number];

/** A change so soon after the mouse was pressed is the mouse's. */
const mouseMs = 1000;

function Compare({ session }: { session: LabelSession }): ReactElement {
  const models = useModels().data ?? [];
  const [view, setView] = useState<View>('pairs');
  const pressedAtMs = useRef(Number.NEGATIVE_INFINITY);
  const [chosen, setChosen] = useState<string | null>(null);
  const [split, setSplit] = useState<SplitChoice>('valid');
  const [minScore, setMinScore] = useState(defaultCutScore);
  const model = models.find(({ id }) => id === chosen) ?? models.find(({ pinned }) => pinned) ?? models[0];
  const modelId = model?.id ?? null;
  useEffect(() => {
    session.showModel(modelId);
    return () => session.showModel(null);
  }, [session, modelId]);
  const { editor } = session;
  // Not every view has a canvas that would hear them.
  useActions({
    'history.undo': () => editor.run('history.undo'),
    'history.redo': () => editor.run('history.redo'),
  });
  useEffect(
    () => editor.setCutScore(view === 'doubts' ? defaultCutScore : minScore),
    [editor, view, minScore],
  );
  return (
    <div className={styles.compare}>
      <div className={`${layout.toolbar} ${styles.tools}`} role="toolbar" aria-label={t('compare.tools')}>
        <SegmentedControl
          size="xs"
          aria-label={t('compare.views')}
          data={views.map((value) => ({ value, label: t(`compare.view.${value}`) }))}
          value={view}
          onPointerDown={() => {
            pressedAtMs.current = performance.now();
          }}
          onChange={(value) => {
            setView(views.find((known) => known === value) ?? 'pairs');
            // Chosen with the mouse, the arrows are the wall's; chosen with keys, they go on choosing.
            if (performance.now() - pressedAtMs.current < mouseMs) setTimeout(dropFocus, 0);
          }}
        />
        {/* The wall of classes shows all labels, whatever a model says of them. */}
        {view === 'crops' ? null : (
          <>
            <span className={layout.rule} />
            <Select
              w={160}
              aria-label={t('compare.model')}
              data={models.map(({ id, name }) => ({ value: id, label: name }))}
              value={modelId}
              onChange={(value) => {
                setChosen(value);
                requestAnimationFrame(dropFocus);
              }}
            />
            <Select
              w={118}
              aria-label={t('compare.split')}
              data={splits.map((value) => ({ value, label: t(`split.${value}`) }))}
              value={split}
              onChange={(value) => {
                setSplit(splits.find((known) => known === value) ?? 'valid');
                requestAnimationFrame(dropFocus);
              }}
            />
          </>
        )}
        {view === 'doubts' ? null : (
          <>
            <span className={layout.rule} />
            <MinScore value={minScore} onChange={setMinScore} />
          </>
        )}
        <span className={layout.rule} />
        <EditorButton editor={editor} command="history.undo" icon="undo" />
        <EditorButton editor={editor} command="history.redo" icon="redo" />
        <span className={layout.gap} />
        <Legend />
      </div>
      {model === undefined ? null : view === 'pairs' ? (
        <PairsView session={session} modelId={model.id} split={split} minScore={minScore} />
      ) : view === 'doubts' ? (
        <DoubtsView session={session} modelId={model.id} split={split} />
      ) : view === 'beside' ? (
        <BesideView first={model} models={models} split={split} minScore={minScore} />
      ) : (
        <CropsView session={session} minScore={minScore} />
      )}
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <span className={styles.legend}>
      <i data-kind="hand" /> {t('compare.hand')}
      <i data-kind="model" /> {t('compare.predicted')}
    </span>
  );
}
