/** What a person is told before the backbone's blocks are moved. */
import { describe, expect, it } from 'vitest';
import type { FineTuningCost } from '../../src/core/learning.ts';
import { listFineTuningWarnings } from '../../src/main/host/learning/warn-of-fine-tuning.ts';

const cost: FineTuningCost = {
  numbers: 2_000_000,
  backboneNumbers: 1_500_000,
  imagesPerS: 10,
  visits: 6000,
  minutes: 10,
  obstacle: null,
};
const codes = (part: Partial<FineTuningCost>, boxes = 500, backend = 'native'): string[] =>
  listFineTuningWarnings({ fineTuning: { ...cost, ...part }, boxes, backend }).map(({ code }) => code);

describe('before the backbone is moved, a plan', () => {
  it('says nothing when labels are many and the engine is fast, or when the recipe moves nothing', () => {
    expect(codes({})).toEqual([]);
    expect(codes({}, 100, 'native-gpu')).toEqual([]);
    expect(listFineTuningWarnings({ boxes: 3, backend: 'wasm' })).toEqual([]);
  });

  it('warns below a hundred boxes, on a slow backend with the time it would take, and of both', () => {
    expect(codes({}, 99)).toEqual(['plan/few-boxes-to-fine-tune']);
    expect(codes({}, 99, 'wasm')).toEqual(['plan/few-boxes-to-fine-tune', 'plan/slow-to-fine-tune']);
    const told = (minutes: number | null) =>
      listFineTuningWarnings({ fineTuning: { ...cost, minutes }, boxes: 500, backend: 'wasm' })[0]?.message;
    expect(told(600)).toContain('10 hours');
    expect(told(12.4)).toContain('12 minutes');
    expect(told(null)).toContain('slower than native TensorFlow');
  });

  it('says why a backbone cannot be trained, and nothing of its speed', () => {
    const obstacle = { code: 'backbone/not-trainable', message: 'It ends there.', hint: '', details: {} };
    const [warning, ...rest] = listFineTuningWarnings({
      fineTuning: { ...cost, imagesPerS: null, obstacle },
      boxes: 500,
      backend: 'wasm',
    });
    expect(rest).toEqual([]);
    expect(warning).toMatchObject({
      code: 'plan/not-trainable',
      message: expect.stringContaining('It ends there.'),
    });
  });
});
