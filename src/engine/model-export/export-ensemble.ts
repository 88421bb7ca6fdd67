/** One ONNX file of an ensemble that tells classes: the backbone once, the head of every member behind it, and the mean of what they say. */
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { ELEMENT, replaceEnds } from '../backbones/onnx-writer.ts';
import type { EnsembleCard } from '../ensemble/ensemble-file.ts';
import { openMembers } from '../ensemble/open-members.ts';
import { findEnsembleRecipe } from '../ensemble/recipes.ts';
import { type ModelGround, type OpenedModel, openModel } from '../train/load-model.ts';
import { describeEnsemble } from './describe-export.ts';
import { type ExportedModel, listInputs, listValues, requireOpset } from './export-model.ts';
import { HeadGraph } from './head-graph.ts';
import type { ExportedOutput } from './outputs/output-decoder.ts';
import { translateModel } from './translate-model.ts';

/** The file, and of each member what checks its part of it. */
export interface ExportedEnsemble extends ExportedModel {
  readonly parts: readonly { readonly opened: OpenedModel<Backbone>; readonly exported: ExportedModel }[];
  dispose(): void;
}

/**
 * Joins the members of an ensemble of class models in one graph. Output `probabilities` is the mean over the members, in the ensemble's order of
 * classes; `raw_I_NAME` are the outputs of member I. Throws what `openMembers` throws; `export-model/ensemble` for one that fuses boxes, whose
 * members stand on different backbones, or of which one reads more than the photograph.
 */
export async function exportEnsemble(
  modelDir: string,
  card: EnsembleCard,
  ground: ModelGround<Backbone>,
): Promise<ExportedEnsemble> {
  if (findEnsembleRecipe(card.recipe)?.joins === 'boxes') {
    throw refusal(
      'fuses boxes: which of them are one fish follows from all of them together, step by step, and no ONNX operation does that',
      'Export each of its models by itself; how boxes are fused is told in docs/science/ensemble.md.',
    );
  }
  // Whether all are there, unchanged, and of these classes.
  (await openMembers(modelDir, ground)).dispose();
  const opened: OpenedModel<Backbone>[] = [];
  const dispose = (): void => {
    for (const { model } of opened) model.dispose();
  };
  try {
    for (const { id } of card.members)
      opened.push(await openModel(path.join(path.dirname(modelDir), id), ground));
    return { ...join(card, opened), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function join(
  card: EnsembleCard,
  opened: readonly OpenedModel<Backbone>[],
): Omit<ExportedEnsemble, 'dispose'> {
  const [first] = opened as [OpenedModel<Backbone>];
  requireOpset(first.features);
  for (const [i, member] of opened.entries()) requireJoinable(card, member, first, i);
  const graph = new HeadGraph();
  const raw: ExportedOutput[][] = [];
  const shares = opened.map((member, i) => {
    const tensors = translateModel(member.model, listInputs(member, graph, []), graph);
    raw.push(
      tensors.map((tensor, k) => {
        const name = `raw_${i}_${member.model.outputNames[k]}`;
        graph.node('Identity', [graph.channelsLast(tensor).name], {}, name);
        const [, ...shape] = tensor.shape;
        return {
          name,
          shape: ['n', ...shape.map((size, d) => size ?? `${name}_${d}`)],
          meaning: `What member ${i} (${member.card.recipe}) puts out, maps channels last.`,
        };
      }),
    );
    const logits =
      tensors[(member.recipe.outputMeanings ?? []).findIndex(({ kind }) => kind === 'class-logits')];
    if (logits === undefined)
      throw refusal(`has a member (${member.card.recipe}) that tells no probabilities`);
    const own = member.card.classes.map(({ id }) => id);
    const order = [...card.classes.map(({ id }) => own.indexOf(id)), own.length];
    const probabilities = graph.node('Softmax', [logits.name], { axis: 1 });
    return graph.node('Gather', [probabilities, graph.integers(order)], { axis: 1 });
  });
  graph.node('Mean', shares, {}, 'probabilities');
  const mean: ExportedOutput = {
    name: 'probabilities',
    shape: ['n', card.classes.length + 1],
    meaning:
      'Mean over the members of the probability of each class, in the order of the classes, and last of "nothing here"; each row sums to 1.',
  };
  const outputs = [...raw.flat(), mean];
  const { doc, metadata } = describeEnsemble(card, opened, outputs);
  const bytes = replaceEnds(first.features.bytes, {
    inputs: listValues(first, []),
    outputs: outputs.map(({ name, shape }) => ({ name, shape, type: ELEMENT.float })),
    before: [],
    after: graph.nodes,
    constants: graph.constants,
    doc,
    metadata,
  });
  const whole: ExportedModel = { bytes, raw: raw.flat().map(({ name }) => name), imageInputs: [], outputs };
  const parts = opened.map((member, i) => ({
    opened: member,
    exported: { ...whole, raw: (raw[i] ?? []).map(({ name }) => name) },
  }));
  return { ...whole, parts };
}

function requireJoinable(
  { members }: EnsembleCard,
  { card, features, model, recipe }: OpenedModel<Backbone>,
  first: OpenedModel<Backbone>,
  i: number,
): void {
  const named = `“${card.recipe}” (${members[i]?.id})`;
  const apart = 'Export its models by themselves and take the mean of their probabilities.';
  if (features.hash !== first.features.hash)
    throw refusal(
      `joins models on different backbones (${named} has its own), which are no one graph`,
      apart,
    );
  if (recipe.frames !== undefined)
    throw refusal(
      `has a member that judges frames of a clip, ${named}, beside ones that judge photographs`,
      apart,
    );
  if (model.inputs.length > recipe.taps.length)
    throw refusal(`has a member that reads more than the photograph, ${named}`, apart);
}

function refusal(why: string, hint = 'Export its models by themselves.'): AppError {
  return new AppError({
    code: 'export-model/ensemble',
    message: `This ensemble ${why}. Nothing was exported; the models themselves are not affected.`,
    hint,
  });
}
