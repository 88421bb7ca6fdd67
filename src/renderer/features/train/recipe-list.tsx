/** Every recipe in one list, grouped by what its models give: a title and a few words each, so that all are seen at once. */
import type { ReactElement } from 'react';
import { findsBoxes, type RecipeInfo } from '../../../core/learning.ts';
import { useModels } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { listJoinable } from './joinable.ts';
import styles from './train.module.css';

export function RecipeList(props: {
  recipes: readonly RecipeInfo[];
  chosen: string;
  onChoose: (id: string) => void;
}): ReactElement {
  const { recipes, chosen, onChoose } = props;
  const models = useModels().data ?? [];
  // One that joins models is shown once there are two to join.
  const offered = recipes.filter(
    ({ joins }) => joins === undefined || listJoinable(joins, models, recipes).length >= 2,
  );
  return (
    <>
      {groupRecipes(offered).map(({ title, list }) => (
        <fieldset key={title} className={styles.group}>
          <legend>{title}</legend>
          {list.map((recipe) => (
            <label
              key={recipe.id}
              className={styles.recipe}
              data-chosen={recipe.id === chosen || undefined}
              title={`${recipe.title}: ${recipe.tagline}`}
            >
              <input
                type="radio"
                name="recipe"
                value={recipe.id}
                checked={recipe.id === chosen}
                onChange={() => onChoose(recipe.id)}
              />
              <span>
                <span className={styles.recipeTitle}>{recipe.title}</span>
                <span className={styles.tagline}>{recipe.tagline}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

function groupRecipes(recipes: readonly RecipeInfo[]): { title: string; list: RecipeInfo[] }[] {
  const findsMany = ({ outputs }: RecipeInfo): boolean => outputs.includes('boxes');
  return [
    { title: t('train.group.every'), list: recipes.filter(findsMany) },
    {
      title: t('train.group.one'),
      list: recipes.filter((recipe) => findsBoxes(recipe) && !findsMany(recipe)),
    },
    { title: t('train.group.whole'), list: recipes.filter((recipe) => !findsBoxes(recipe)) },
  ].filter(({ list }) => list.length > 0);
}
