/** Which models the window offers where a recipe asks for trained ones, and how its form asks. */
import { describe, expect, it } from 'vitest';
import { recipeCards } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { type Answer, listAnswering, listJoinable } from '../../src/renderer/features/train/joinable.ts';
import { readFields } from '../../src/renderer/ui/json-schema.ts';

const recipes = recipeCards.map(describeRecipe);
const models = [
  'gap-head',
  'detector',
  'ensemble',
  'ensemble-boxes',
  'box-and-class',
  'crop-classifier',
  'head-tail',
  'gone-recipe',
].map((recipe) => ({ recipe }));

describe('where a recipe asks for trained models', () => {
  it('those are offered that say what it joins, and no ensembles', () => {
    const offered = (joins: 'class' | 'boxes') =>
      listJoinable(joins, models, recipes).map(({ recipe }) => recipe);
    expect(offered('class')).toEqual(['gap-head', 'box-and-class', 'head-tail']);
    expect(offered('boxes')).toEqual(['detector', 'box-and-class', 'head-tail']);
  });

  it('a second look is offered what finds boxes itself, ensembles too, and what tells how fish lie', () => {
    const fields = readFields(recipes.find(({ id }) => id === 'crop-classifier')?.parametersSchema ?? {});
    const offered = (name: string) => {
      const field = fields.find((one) => one.name === name);
      expect(field?.kind).toBe('model');
      return listAnswering(field?.says as Answer, models, recipes).map(({ recipe }) => recipe);
    };
    expect(offered('detector')).toEqual(['detector', 'ensemble-boxes', 'box-and-class', 'head-tail']);
    expect(offered('turner')).toEqual(['head-tail']);
    // What a crop is scaled to goes in the steps the backbone can take.
    expect(fields.find(({ name }) => name === 'cropWidth')).toMatchObject({ multipleOf: 32, min: 32 });
  });

  it('the form offers a choice of models and no field for ids', () => {
    const kindOf = (id: string, name: string) =>
      readFields(recipes.find((recipe) => recipe.id === id)?.parametersSchema ?? {}).find(
        (field) => field.name === name,
      )?.kind;
    for (const id of ['ensemble', 'ensemble-boxes']) expect(kindOf(id, 'members')).toBe('models');
    for (const { id } of recipes.filter(
      ({ outputs, joins }) => joins === undefined && outputs.includes('class'),
    ))
      expect(kindOf(id, 'pseudoModel'), id).toBe('model');
  });
});
