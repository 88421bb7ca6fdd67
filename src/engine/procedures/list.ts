/** The engine's procedures: a new one is its file, its entry in the contract and its line here. */
import { addBackbone, backbones, removeBackbone } from './backbones.procedure.ts';
import { checkParameters } from './check-parameters.procedure.ts';
import { embed } from './embed.procedure.ts';
import { embedBoxes } from './embed-boxes.procedure.ts';
import { embedSurroundings } from './embed-surroundings.procedure.ts';
import { explain } from './explain.procedure.ts';
import { exportModel } from './export-model.procedure.ts';
import { features } from './features.procedure.ts';
import { forecast } from './forecast.procedure.ts';
import { installNative } from './install-native.procedure.ts';
import { predict } from './predict.procedure.ts';
import type { Procedures } from './procedure.ts';
import { recipes } from './recipes.procedure.ts';
import { status } from './status.procedure.ts';
import { train } from './train.procedure.ts';
import { uninstallNative } from './uninstall-native.procedure.ts';

export const procedures: Procedures = {
  status,
  recipes,
  checkParameters,
  forecast,
  features,
  train,
  predict,
  embed,
  embedBoxes,
  embedSurroundings,
  explain,
  exportModel,
  backbones,
  addBackbone,
  removeBackbone,
  installNative,
  uninstallNative,
};
