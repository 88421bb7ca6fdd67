/** The recipes as cards: what each is for, and when to take another. */
import type { ReactElement } from 'react';
import { findsBoxes, type RecipeInfo } from '../../../core/learning.ts';
import { t } from '../../ui/messages.ts';
import styles from './train.module.css';

export function RecipeChoice(props: {
  recipes: readonly RecipeInfo[];
  chosen: string;
  onChoose: (id: string) => void;
}): ReactElement {
  const { recipes, chosen, onChoose } = props;
  const kinds = [
    { title: t('train.recipesOfBoxes'), list: recipes.filter(findsBoxes) },
    { title: t('train.recipesOfClasses'), list: recipes.filter((recipe) => !findsBoxes(recipe)) },
  ];
  return (
    <>
      {kinds.map(({ title, list }) =>
        list.length === 0 ? null : (
          <RecipeCards key={title} title={title} recipes={list} chosen={chosen} onChoose={onChoose} />
        ),
      )}
    </>
  );
}

function RecipeCards(props: {
  title: string;
  recipes: readonly RecipeInfo[];
  chosen: string;
  onChoose: (id: string) => void;
}): ReactElement {
  const { title, recipes, chosen, onChoose } = props;
  return (
    <fieldset className={styles.recipes}>
      <legend>{title}</legend>
      {recipes.map((recipe) => (
        <label key={recipe.id} className={styles.recipe} data-chosen={recipe.id === chosen || undefined}>
          <input
            type="radio"
            name="recipe"
            value={recipe.id}
            checked={recipe.id === chosen}
            onChange={() => onChoose(recipe.id)}
          />
          <span>
            <strong>{recipe.title}</strong>
            <span className={styles.summary}>{recipe.summary}</span>
            {recipe.id === chosen ? (
              <span className={styles.fails}>
                <em>{t('train.whenItFails')}</em> {recipe.whenItFails}
              </span>
            ) : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
