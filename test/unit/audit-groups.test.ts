/** Groups guessed with their evidence, and findings of balance and health. */
import { describe, expect, it } from 'vitest';
import { findOddities, type HealthImage } from '../../src/core/audit/health.ts';
import { namePattern, seriesNumber, videoOf } from '../../src/core/audit/image-facts.ts';
import { toUnitVectors } from '../../src/core/audit/near-vectors.ts';
import { type GroupImage, proposeGroups } from '../../src/core/audit/propose-groups.ts';
import { createRandom } from '../../src/core/random.ts';

const plain: GroupImage = {
  id: '',
  path: 'a.jpg',
  widthPx: 1280,
  heightPx: 720,
  capturedAtMs: null,
  camera: null,
  tables: null,
  chain: null,
};

/** Six boats with a background each; `facts` says what a photograph of a boat is like. */
function drawBoats(facts: (boat: number, i: number) => Partial<GroupImage>, noise = 0.3) {
  const random = createRandom(2);
  const boats = Array.from({ length: 6 }, () => Array.from({ length: 16 }, () => random.gaussian()));
  const of = Array.from({ length: 120 }, (_, i) => (i * 7) % 6);
  const images = of.map(
    (boat, i): GroupImage => ({ ...plain, id: `i${i}`, path: `img_${i}.jpg`, ...facts(boat, i) }),
  );
  const values = Float32Array.from(
    of.flatMap((boat) => (boats[boat] ?? []).map((v) => v + noise * random.gaussian())),
  );
  return { images, of, backgrounds: toUnitVectors({ values, length: 16, count: 120 }) };
}

/** Groups as sets of boats: each group's boats, and how many groups a boat is in. */
function compare(
  proposal: ReturnType<typeof proposeGroups>,
  images: readonly GroupImage[],
  of: readonly number[],
) {
  const boatOf = new Map(images.map(({ id }, i) => [id, of[i] ?? -1]));
  return proposal.groups.map(({ imageIds }) => [...new Set(imageIds.map((id) => boatOf.get(id)))].sort());
}

describe('proposed groups', () => {
  it('follow the pixel size where backgrounds agree with it, and not a folder that only says train or left and right', () => {
    const { images, of, backgrounds } = drawBoats((boat, i) => ({
      widthPx: 1200 + boat * 10,
      path: `${Math.floor(i / 6) % 2 ? 'left' : 'right'}/img_${i}.jpg`,
    }));
    const proposal = proposeGroups(images, backgrounds, createRandom(1));
    expect(proposal.signals.find(({ isUsed }) => isUsed)?.id).toBe('size');
    expect(compare(proposal, images, of).sort()).toEqual([[0], [1], [2], [3], [4], [5]]);
    expect(proposal.groups[0]?.evidence[0]).toMatch(/all have the pixel size 12\d0×720/);
    expect(proposal.signals.find(({ id }) => id === 'folder')?.agreement).toBeLessThan(0.25);
  });

  it('gather backgrounds where nothing else tells the boats apart', () => {
    const { images, of, backgrounds } = drawBoats(() => ({}));
    const proposal = proposeGroups(images, backgrounds, createRandom(1));
    expect(proposal.signals.find(({ isUsed }) => isUsed)?.id).toBe('background');
    expect(compare(proposal, images, of).every((boats) => boats.length === 1)).toBe(true);
  });

  it('use cameras, then trips, as the photographs allow', () => {
    const { images, of, backgrounds } = drawBoats((boat) => ({ camera: `ACME ${boat}` }));
    const proposal = proposeGroups(images, backgrounds, createRandom(1));
    expect(proposal.signals.find(({ isUsed }) => isUsed)?.id).toBe('camera');
    expect(compare(proposal, images, of)).toHaveLength(6);
  });

  it('join what near-duplicates tie together, and say so', () => {
    const { images, backgrounds } = drawBoats((boat, i) => ({
      widthPx: 1200 + boat * 10,
      chain: (boat === 0 && i === 0) || i === 1 ? 'c' : null,
    }));
    const proposal = proposeGroups(images, backgrounds, createRandom(1));
    expect(proposal.groups).toHaveLength(5);
    expect(proposal.groups[0]?.evidence[0]).toContain('near-duplicates tie 2 values');
  });

  it('need no backgrounds: folders come first then', () => {
    const { images } = drawBoats((boat, i) => ({ path: `images/vessel-${boat}/img_${i}.jpg` }));
    const proposal = proposeGroups(images, null, createRandom(1));
    expect(proposal.groups.map(({ name }) => name).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((b) => `vessel-${b}`),
    );
  });
});

describe('names', () => {
  it('lose their digits and hashes', () => {
    expect(namePattern('a/IMG_2274_jpeg_jpg.rf.2f319e949748145fb22dcb52bb325a0c.jpg')).toBe(
      'img_#_jpeg_jpg.rf.*.jpg',
    );
    expect(seriesNumber('a/IMG_2274_jpeg_jpg.rf.2f319e949748145fb22dcb52bb325a0c.jpg')).toBe(2274);
    expect(seriesNumber('fish.jpg')).toBeNull();
  });

  it('tell frames of one video, and do not take a numbered photograph for one', () => {
    const frame = (n: number) => `valid/IMG_8571_MOV-${n}_jpg.rf.2f319e949748145fb22dcb52bb325a0${n}.jpg`;
    expect(videoOf(frame(0))).toBe('img_8571_mov-#_jpg.rf.*.jpg');
    expect(videoOf(frame(0))).toBe(videoOf(frame(3)));
    expect(videoOf('IMG_8572_MOV-0.jpg')).not.toBe(videoOf('IMG_8571_MOV-0.jpg'));
    for (const path of ['img_00012.jpg', '2024-05-01_0007.jpg', 'clip.jpg', 'frame_12.png'])
      expect(videoOf(path)).toBeNull();
  });
});

describe('findings', () => {
  const box = { x: 300, y: 200, w: 100, h: 60, classId: 'ALB' };
  const image: HealthImage = {
    id: 'ok',
    path: 'a.jpg',
    widthPx: 1280,
    heightPx: 720,
    group: 'g',
    facts: null,
    boxes: [box],
  };
  const names = new Map([
    ['ALB', 'Albacore'],
    ['LAG', 'Opah'],
  ]);

  it('name the photographs that they are about, and pass over what is in order', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      ...image,
      id: `ok${i}`,
      group: i % 2 ? 'g' : 'h',
      facts: { meanGrey: 100, sharpness: 30 },
    }));
    expect(findOddities(many, names)).toEqual([]);
    const odd: HealthImage[] = [
      { ...image, id: 'cut', boxes: [{ ...box, x: 0 }] },
      { ...image, id: 'tiny', boxes: [{ ...box, w: 5, h: 5 }] },
      { ...image, id: 'giant', boxes: [{ ...box, x: 10, y: 10, w: 1200, h: 700 }] },
      { ...image, id: 'twice', boxes: [box, { ...box, x: 304 }] },
      { ...image, id: 'long', boxes: [{ ...box, w: 600, h: 40 }] },
      { ...image, id: 'dark', facts: { meanGrey: 9, sharpness: 30 } },
      { ...image, id: 'blurred', facts: { meanGrey: 90, sharpness: 3 } },
      { ...image, id: 'named', path: 'NoF/img_1.jpg' },
      { ...image, id: 'rare', boxes: [{ ...box, classId: 'LAG' }] },
    ];
    const found = new Map(findOddities([...many, ...odd], names).map(({ id, imageIds }) => [id, imageIds]));
    expect(Object.fromEntries(found)).toEqual({
      'cut-by-edge': ['cut'],
      'tiny-box': ['tiny'],
      'giant-box': ['giant'],
      'boxed-twice': ['twice'],
      'odd-shape': ['long'],
      dark: ['dark'],
      blurred: ['blurred'],
      'empty-by-name': ['named'],
      'one-class-group': many.filter(({ group }) => group === 'h').map(({ id }) => id),
      'rare-class': ['rare'],
    });
  });
});
