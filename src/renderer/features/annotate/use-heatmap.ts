/** Where the model looks in the open image: asked for while the heat map layer is on, and no earlier. */
import { useMemo, useState } from 'react';
import type { AppErrorData } from '../../../core/errors.ts';
import type { ExplainMethod, ExplanationView } from '../../../core/explain.ts';
import type { Editor } from '../../../editor/types.ts';
import { heatmapUrl } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import type { ExplanationRequest } from '../../api/keys.ts';
import { useExplanation, useModels } from '../../api/queries.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';

export interface HeatmapChoice {
  readonly method: ExplainMethod;
  /** A class of the model, `nothing`, or null for the class it is surest of. */
  readonly wanted: string | null;
  /** 0..1. */
  readonly opacity: number;
}

/** One map of an explanation. */
export interface HeatmapRequest {
  readonly request: ExplanationRequest;
  /** As {@link HeatmapChoice.wanted} names it. */
  readonly wanted: string;
}

export interface Heatmap {
  readonly isOn: boolean;
  /** No model can be asked. */
  readonly isModelMissing: boolean;
  readonly choice: HeatmapChoice;
  readonly choose: (part: Partial<HeatmapChoice>) => void;
  /** What is asked of whom; null while nothing is. */
  readonly request: ExplanationRequest | null;
  readonly view: ExplanationView | null;
  /** What is shown, as {@link HeatmapChoice.wanted} names it; null while nothing is. */
  readonly shown: string | null;
  readonly isWaiting: boolean;
  readonly error: AppErrorData | null;
  /** For the canvas. */
  readonly layer: { readonly url: string; readonly opacity: number } | null;
}

/** How a class of an explanation is asked for. */
export const nameInQuery = ({ classId }: ExplanationView['classes'][number]): string => classId ?? 'nothing';

/** The map of one image by the model that suggests. The choice stays when the image changes. */
export function useHeatmap(editor: Editor, imageId: string | null): Heatmap {
  const [choice, setChoice] = useState<HeatmapChoice>({ method: 'auto', wanted: null, opacity: 0.7 });
  const isOn = useEditorValue(editor, ({ layers }) => layers.heatmap);
  const models = useModels().data;
  const modelId = models?.find(({ pinned }) => pinned)?.id ?? null;
  const { method } = choice;
  const request = useMemo(
    () => (isOn && imageId !== null && modelId !== null ? { imageId, modelId, method } : null),
    [isOn, imageId, modelId, method],
  );
  const answer = useExplanation(request);
  const view = request === null ? null : (answer.data ?? null);
  const names = view?.classes.map(nameInQuery) ?? [];
  // Where a fish is seen is asked first; “nothing here” is one more map.
  const surest = view?.classes.reduce((best, entry) =>
    best.classId === null || (entry.classId !== null && entry.score > best.score) ? entry : best,
  );
  const shown =
    choice.wanted !== null && names.includes(choice.wanted)
      ? choice.wanted
      : surest === undefined
        ? null
        : nameInQuery(surest);
  const isModelMissing = models !== undefined && modelId === null;
  const isWaiting = request !== null && answer.isFetching;
  const fault = request === null ? null : answer.error;
  // The same object while it says the same: the panels beside the canvas are drawn anew only for a reason.
  return useMemo(
    () => ({
      isOn,
      isModelMissing,
      choice,
      choose: (part) => setChoice({ ...choice, ...part }),
      request,
      view,
      shown,
      isWaiting,
      error: fault === null ? null : readError(fault),
      layer:
        request === null || shown === null
          ? null
          : { url: heatmapUrl(request, shown), opacity: choice.opacity },
    }),
    [isOn, isModelMissing, choice, request, view, shown, isWaiting, fault],
  );
}
