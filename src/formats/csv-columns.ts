/** Finds out which columns of a table hold image, class, box and score, by the names tools give them. */

export type BoxKind = 'corners' | 'size' | 'centre';

export interface CsvColumns {
  readonly image?: number | undefined;
  readonly class?: number | undefined;
  readonly score?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly split?: number | undefined;
  /** One cell with four numbers. */
  readonly bbox?: number | undefined;
  /** Four cells, and what they are. */
  readonly edges?: readonly [number, number, number, number] | undefined;
  readonly kind?: BoxKind | undefined;
}

/** Names as they are found, in small letters without anything but letters and digits. */
const names = {
  image: [
    'image',
    'filename',
    'file',
    'imagename',
    'imagepath',
    'filepath',
    'imagefile',
    'img',
    'path',
    'imageid',
    'photo',
    'name',
  ],
  class: [
    'class',
    'label',
    'classname',
    'labelname',
    'species',
    'category',
    'categoryname',
    'fish',
    'tag',
    'type',
  ],
  score: ['score', 'confidence', 'conf', 'probability', 'prob'],
  width: ['imagewidth', 'imgwidth', 'width'],
  height: ['imageheight', 'imgheight', 'height'],
  split: ['split', 'subset', 'set', 'usage'],
  bbox: ['bbox', 'box', 'boundingbox', 'boundingboxes'],
};

/** Columns of the four numbers, surest first. Width and height of a box may be called like those of the image: then the box has them. */
const boxes: readonly (readonly [BoxKind, readonly (readonly string[])[]])[] = [
  [
    'corners',
    [
      ['xmin', 'x1', 'left', 'tlx', 'bboxxmin', 'xtl'],
      ['ymin', 'y1', 'top', 'tly', 'bboxymin', 'ytl'],
      ['xmax', 'x2', 'right', 'brx', 'bboxxmax', 'xbr'],
      ['ymax', 'y2', 'bottom', 'bry', 'bboxymax', 'ybr'],
    ],
  ],
  [
    'centre',
    [
      ['xcenter', 'xcentre', 'cx', 'centerx', 'centrex'],
      ['ycenter', 'ycentre', 'cy', 'centery', 'centrey'],
      ['w', 'boxwidth', 'bboxwidth', 'width'],
      ['h', 'boxheight', 'bboxheight', 'height'],
    ],
  ],
  [
    'size',
    [
      ['x', 'left', 'xmin', 'bboxx', 'x1'],
      ['y', 'top', 'ymin', 'bboxy', 'y1'],
      ['w', 'boxwidth', 'bboxwidth', 'bboxw', 'width'],
      ['h', 'boxheight', 'bboxheight', 'bboxh', 'height'],
    ],
  ],
];

/** The columns of a header. What is not found is undefined. */
export function guessColumns(header: readonly string[]): CsvColumns {
  const plain = header.map((cell) => cell.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const find = (wanted: readonly string[]): number | undefined => {
    for (const name of wanted) {
      const at = plain.indexOf(name);
      if (at >= 0) return at;
    }
    return undefined;
  };
  let edges: CsvColumns['edges'];
  let kind: BoxKind | undefined;
  for (const [candidate, wanted] of boxes) {
    const [a, b, c, d] = wanted.map(find);
    if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
    edges = [a, b, c, d];
    kind = candidate;
    break;
  }
  const free = (at: number | undefined): number | undefined =>
    at !== undefined && edges?.includes(at) ? undefined : at;
  return {
    image: find(names.image),
    class: find(names.class),
    score: find(names.score),
    width: free(find(names.width)),
    height: free(find(names.height)),
    split: find(names.split),
    bbox: find(names.bbox),
    edges,
    kind,
  };
}

/** The sign that stands between most cells of a line. */
export function guessDelimiter(line: string): string {
  const counts = [',', ';', '\t', '|'].map((sign) => [sign, line.split(sign).length] as const);
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
