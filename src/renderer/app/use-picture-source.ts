/** Where the canvas finds the pictures of the open image: the photograph whole, or a smaller picture with tiles over it when it is large. */
import { useMemo } from 'react';
import { needsTiles, type Tile } from '../../core/tiles.ts';
import type { Editor } from '../../editor/types.ts';
import { pictureUrl, thumbnailUrl, tileUrl } from '../api/client.ts';
import { useEditorValue } from '../canvas/use-editor-value.ts';

export interface PictureSource {
  readonly imageUrl: string | null;
  /** Shown until the picture itself is decoded. */
  readonly previewUrl: string | null;
  readonly tileUrlOf: ((tile: Tile) => string) | null;
}

/** For the canvas' properties of these names; the same until another image is open. */
export function usePictureSource(editor: Editor): PictureSource {
  const id = useEditorValue(editor, ({ image }) => image?.id ?? null);
  const imageUrl = useEditorValue(editor, ({ image }) => (image === null ? null : pictureUrl(image)));
  const isLarge = useEditorValue(editor, ({ image }) => image !== null && needsTiles(image));
  return useMemo(
    () => ({
      imageUrl,
      previewUrl: id === null ? null : thumbnailUrl(id, 512),
      tileUrlOf: id !== null && isLarge ? (tile) => tileUrl(id, tile) : null,
    }),
    [id, imageUrl, isLarge],
  );
}
