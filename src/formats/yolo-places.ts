/** Where labels and photographs of a YOLO export lie, drawn image by image: the paths of all at once would be larger than all else. */
import type { ImageRecord } from '../core/records.ts';
import { normalisePath, stripExtension } from './image-lookup.ts';
import { TextTable } from './text-table.ts';
import type { YoloExportOptions } from './yolo.options.ts';

export interface YoloPlace {
  readonly label: string;
  readonly picture: string;
}

export type YoloFolder = 'train' | 'val' | 'test';

/** The folder of an image's split; images of none are trained on. */
export function folderOf({ split }: ImageRecord): YoloFolder {
  return split === 'valid' ? 'val' : (split ?? 'train');
}

/** What Darknet calls the folders: its label lies beside each photograph. */
export const darknetFolders: Readonly<Record<YoloFolder, string>> = {
  train: 'obj_train_data',
  val: 'obj_valid_data',
  test: 'obj_test_data',
};

/**
 * The places of images by their number. Two images whose labels would share a name (`a.jpg` and `a.png`, or case-blind disks) get
 * a number; a folder named `images` is renamed, since readers swap the last one of that name for `labels`; and control characters are
 * replaced, since lists of photographs hold one a line.
 */
export function placeImages(
  images: readonly ImageRecord[],
  layout: YoloExportOptions['layout'],
): (place: number) => YoloPlace {
  const numbers = new Map<number, number>();
  const safeOf = (place: number): string =>
    renameFolders(toOneLine(normalisePath(images[place]?.path ?? '')));
  const uniqueOf = (place: number, safe: string): string => {
    const image = images[place];
    const number = numbers.get(place);
    const stem = `${image === undefined ? 'train' : folderOf(image)}/${stripExtension(safe)}`;
    return number === undefined ? stem : `${stem}-${number}`;
  };
  const taken = new TextTable((place) => uniqueOf(place, safeOf(place)).toLowerCase());
  for (let place = 0; place < images.length; place++) {
    const safe = safeOf(place);
    let key = uniqueOf(place, safe).toLowerCase();
    for (let n = 2; taken.find(key) >= 0; n++) {
      numbers.set(place, n);
      key = uniqueOf(place, safe).toLowerCase();
    }
    taken.add(key, place);
  }
  return (place) => {
    const safe = safeOf(place);
    const unique = uniqueOf(place, safe);
    const ending = safe.slice(stripExtension(safe).length);
    if (layout === 'ultralytics')
      return { label: `labels/${unique}.txt`, picture: `images/${unique}${ending}` };
    const slash = unique.indexOf('/');
    const beside = `${darknetFolders[unique.slice(0, slash) as YoloFolder]}${unique.slice(slash)}`;
    return { label: `${beside}.txt`, picture: `${beside}${ending}` };
  };
}

const toOneLine = (path: string): string => path.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '_');

function renameFolders(path: string): string {
  if (!/(^|\/)(images|labels)\//i.test(path)) return path;
  return path
    .split('/')
    .map((part, i, all) => (i < all.length - 1 && /^(images|labels)$/i.test(part) ? `_${part}` : part))
    .join('/');
}
