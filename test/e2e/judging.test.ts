/** Judging in Chromium by keyboard: a doubted label fixed, another confirmed for good, and many crops given their class as one undo step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { eventually } from '../helpers/eventually.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { type ImageStory, openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();

const cod = (x: number) => ({ classId: 'cod', at: [x, 40, 50, 40] as const });
const hake = (x: number) => ({ classId: 'hake', at: [x, 40, 50, 40] as const });
const stories: ImageStory[] = [
  {
    hand: [cod(10), hake(150)],
    model: [
      { ...cod(11), score: 0.7 },
      { ...hake(151), score: 0.6 },
    ],
  },
  { hand: [hake(10)], model: [{ ...cod(12), score: 0.95 }] },
  { hand: [cod(100)], model: [] },
  // Nobody looked at these two yet.
  ...[0.6, 0.8].map((score) => ({
    model: [
      { ...cod(10), score },
      { ...hake(150), score: 0.5 },
    ],
  })),
];

describe.skipIf(reason !== null)(`judging${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  let images: string[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-judging-'));
    const engine = createScriptedEngine();
    engine.recipes = [describeRecipe(getRecipe('detector'))];
    studio = await startStudio({ dir, width: 1280, height: 800, engine });
    images = await openSuggestedProject(studio.host, dir, stories);
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
    await studio.page.getByLabel('Images', { exact: true }).first().click();
    await studio.page.getByRole('option', { name: 'All images' }).click();
  }, 180_000);
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const boxesOf = async (index: number) =>
    (await studio.host.api.getImage({ id: images[index] ?? '' })).boxes;
  const show = (name: string) => studio.page.locator('label', { hasText: name }).first().click();
  const doubted = async () => (await studio.host.api.listSuspects({ split: 'all', limit: 10 })).total;

  it('takes the model’s word for a doubted label with one key, and confirms another with one key, for good', async () => {
    const { page } = studio;
    await show('Doubtful labels');
    await page.getByText('The hand says hake').waitFor();
    await eventually(() => page.getByRole('button', { name: /Take the model/ }).isEnabled()).toBe(true);
    await page.keyboard.press('Enter');
    await eventually(async () => (await boxesOf(1))[0]?.classId).toBe('cod');
    await page.getByText('The model sees nothing here').waitFor();
    await eventually(() => page.getByRole('button', { name: /The hand is right/ }).isEnabled()).toBe(true);
    await page.keyboard.press('x');
    await eventually(async () => (await boxesOf(2))[0]?.confirmedAs).toBe('cod');
    await page.getByText('No label is doubted').waitFor();
    await page.keyboard.press('Control+z');
    await eventually(doubted).toBe(1);
    await page.keyboard.press('Control+Shift+z');
    await eventually(doubted).toBe(0);
  }, 180_000);

  it('gives all selected crops a class with one key, and takes all of it back with one undo', async () => {
    const { page } = studio;
    const classes = async () => {
      const all = await Promise.all(stories.map((_, index) => boxesOf(index)));
      return all.flat().map(({ classId }) => classId);
    };
    await show('Classes at a glance');
    await page.getByText('4 crops', { exact: true }).waitFor();
    const before = await classes();
    await page.keyboard.press('Control+a');
    await page.getByText('4 crops selected').waitFor();
    await page.keyboard.press('3');
    await eventually(classes).toEqual(['ling', 'ling', 'ling', 'ling']);
    await page.keyboard.press('Control+z');
    await eventually(classes).toEqual(before);
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('answers many suggestions at a glance: chosen with the mouse from a list, the keys are the wall’s at once', async () => {
    const { page, host } = studio;
    const waiting = async () => (await host.api.reviewState({ minScore: 0.25 })).waiting;
    const before = await waiting();
    await page.getByRole('combobox', { name: 'Whose boxes' }).click();
    await page.getByRole('option', { name: 'Suggestions' }).click();
    await page.getByText('4 crops', { exact: true }).waitFor();
    await page.keyboard.press('Control+a');
    await page.getByText('4 crops selected').waitFor();
    await page.keyboard.press('x');
    await eventually(waiting).toBe(before - 4);
    await page.keyboard.press('Control+z');
    await eventually(waiting).toBe(before);
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('goes on with the next question when an answer that was taken back is given again', async () => {
    const { page, host } = studio;
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
    // Of Review alone: the wall of Compare has a button of that name, and may still be there when the link was pressed.
    const reject = page
      .getByRole('region', { name: 'Suggestion', exact: true })
      .getByRole('button', { name: 'Reject' });
    const isAsked = () => eventually(() => reject.isEnabled().catch(() => false)).toBe(true);
    const left = async () => (await host.api.reviewState({ minScore: 0.25 })).waiting;
    await isAsked();
    const all = await left();
    const press = async (key: string, answered: number): Promise<void> => {
      await page.keyboard.press(key);
      await eventually(left).toBe(all - answered);
      await isAsked();
    };
    await press('x', 1);
    await press('Control+z', 0);
    await press('Control+y', 1);
    // No other key in between: the question is the next one.
    await press('x', 2);
    await press('Control+z', 1);
    await press('Control+z', 0);
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('asks about the photographs of one group alone, in a narrow window too', async () => {
    const { page, host } = studio;
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
    const id = images[4] ?? '';
    const at = (group: string | null) => ({ id, state: 'unseen' as const, group });
    await host.api.applyGesture({
      id: 'group',
      kind: 'do',
      of: null,
      label: 'Group',
      imageId: id,
      source: 'person',
      diffs: [{ table: 'images', id, before: at(null), after: at('Boat A') }],
    });
    const progress = page.getByRole('status').filter({ hasText: 'answered' });
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.getByRole('combobox', { name: 'Part' }).click();
    await page.getByRole('option', { name: 'Boat A' }).click();
    await progress.getByText('2 left').waitFor();
    await page.getByRole('complementary').getByText('story_04.jpg').waitFor();
    await page.getByRole('combobox', { name: 'Part' }).click();
    await page.getByRole('option', { name: 'All photographs' }).click();
    await progress.getByText('4 left').waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('asks about the surest suggestion alone where photographs hold one fish, and about the next once that was rejected', async () => {
    const { page, host } = studio;
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
    const progress = page.getByRole('status').filter({ hasText: 'answered' });
    const switchOn = page.getByRole('checkbox', { name: 'One fish a photograph at most' });
    await progress.getByText('4 left').waitFor();
    await switchOn.check();
    await progress.getByText('2 left').waitFor();
    await eventually(async () => (await host.api.reviewState({ minScore: 0.25 })).settings.oneFish).toBe(
      true,
    );
    await eventually(() => page.getByRole('button', { name: 'Reject' }).isEnabled()).toBe(true);
    await page.keyboard.press('x');
    // The one behind it waits now, so as many are left.
    await eventually(async () => {
      const { predictions } = await host.api.getImage({ id: images[3] ?? '' });
      return predictions.map(({ status, score }) => [status, score]);
    }).toEqual([
      ['rejected', 0.6],
      ['pending', 0.5],
    ]);
    await switchOn.uncheck();
    await eventually(async () => (await host.api.reviewState({ minScore: 0.25 })).waiting).toBe(3);
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('accepts all above the cut of a photograph as one step, the cut moved by [ and ]', async () => {
    const { page } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await page.getByRole('button', { name: /story_04/ }).click();
    const acceptAll = page.getByRole('button', { name: 'Accept all' });
    await eventually(() => acceptAll.isEnabled().catch(() => false)).toBe(true);
    await page.getByRole('application').focus();
    const scores = async () => (await boxesOf(4)).map(({ score }) => score).sort();
    const press = async (key: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    };
    await press(']', 7);
    await page.getByText('≥ 0.60', { exact: true }).waitFor();
    await press('Shift+Enter', 1);
    await eventually(scores).toEqual([0.8]);
    await press('Control+z', 1);
    await eventually(scores).toEqual([]);
    await press('[', 7);
    await page.getByText('≥ 0.25', { exact: true }).waitFor();
    await acceptAll.click();
    await eventually(scores).toEqual([0.5, 0.8]);
    await press('Control+z', 1);
    await eventually(scores).toEqual([]);
    expect(studio.faults).toEqual([]);
  }, 180_000);

  it('asks about the next suggestion where the photograph drawn at random is the one at hand', async () => {
    const { page, host } = studio;
    const elsewhere = path.join(dir, 'one-photograph');
    const model = [10, 110, 210].map((x) => ({ ...cod(x), score: 0.5 - x / 1000 }));
    const [image = ''] = await openSuggestedProject(host, elsewhere, [{ model }]);
    await host.api.saveReviewSettings({ randomShare: 1, oneFish: false });
    await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
    for (const answered of [1, 2, 3]) {
      await eventually(() => page.getByRole('button', { name: 'Reject' }).isEnabled()).toBe(true);
      await page.keyboard.press('x');
      await eventually(async () => {
        const { predictions } = await host.api.getImage({ id: image });
        return predictions.filter(({ status }) => status === 'rejected').length;
      }).toBe(answered);
    }
    await page.getByRole('button', { name: 'Nothing missing' }).waitFor();
    expect(studio.faults).toEqual([]);
  }, 180_000);
});
