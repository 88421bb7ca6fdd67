/** The German catalogue, put together from a file for each English one. A text that it lacks is shown in English; a test says which. */
import { actionDe } from './action.de.ts';
import { annotateDe } from './annotate.de.ts';
import { classDe } from './class.de.ts';
import { commonDe } from './common.de.ts';
import { contrastDe } from './contrast.de.ts';
import { dataDe } from './data.de.ts';
import { editorDe } from './editor.de.ts';
import { evaluationDe } from './evaluation.de.ts';
import { heatDe } from './heat.de.ts';
import { judgingDe } from './judging.de.ts';
import { languageDe } from './language.de.ts';
import { listDe } from './list.de.ts';
import { loopDe } from './loop.de.ts';
import { modelDe } from './model.de.ts';
import { placeDe } from './place.de.ts';
import { selectionDe } from './selection.de.ts';
import { transferDe } from './transfer.de.ts';
import { viewDe } from './view.de.ts';

export const german = {
  ...actionDe,
  ...annotateDe,
  ...classDe,
  ...commonDe,
  ...contrastDe,
  ...dataDe,
  ...editorDe,
  ...evaluationDe,
  ...heatDe,
  ...judgingDe,
  ...languageDe,
  ...listDe,
  ...loopDe,
  ...modelDe,
  ...placeDe,
  ...selectionDe,
  ...transferDe,
  ...viewDe,
} as const;
