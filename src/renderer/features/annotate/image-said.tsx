/** What a person says of the whole photograph: a note, flags, and how many millimetres a pixel is. */
import { Button, TagsInput, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ImageMark } from '../../../core/diffs.ts';
import type { ImageRecord } from '../../../core/records.ts';
import { computeLineLengthPx } from '../../../editor/typed-edits.ts';
import type { Editor } from '../../../editor/types.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useFlags, useProject } from '../../api/queries.ts';
import { announceError } from '../../app/announcer.tsx';
import { useSettledValue } from '../../canvas/use-editor-value.ts';
import { t } from '../../ui/messages.ts';
import fields from './selection-panel.module.css';
import { parseNumber, TypedField } from './typed-field.tsx';

export function ImageSaid({ editor, image }: { editor: Editor; image: ImageRecord }): ReactElement {
  const cache = useQueryClient();
  const known = useFlags().data ?? [];
  const setFlags = (flags: string[]): void => {
    say(editor, image, t('said.flagsLabel'), { flags: flags.length === 0 ? null : flags });
    // Asking the host after each change would cost what the project has in flags; what is new here is known here.
    cache.setQueryData<string[]>(keys.flags, (before = []) => [...new Set([...before, ...flags])].sort());
  };
  const [note, setNote] = useState<string | null>(null);
  const finishNote = (): void => {
    setNote(null);
    const text = note?.trim() ?? '';
    if (note === null || text === (image.note ?? '')) return;
    say(editor, image, t('said.noteLabel'), { note: text === '' ? null : text });
  };
  return (
    <div className={fields.fields}>
      <Textarea
        label={t('said.note')}
        placeholder={t('said.noteExample')}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={10_000}
        value={note ?? image.note ?? ''}
        onChange={(event) => setNote(event.currentTarget.value)}
        onBlur={finishNote}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setNote(null);
        }}
      />
      <TagsInput
        size="xs"
        label={t('said.flags')}
        placeholder={(image.flags ?? []).length === 0 ? t('said.flagsExample') : ''}
        data={known}
        maxTags={100}
        value={[...(image.flags ?? [])]}
        onChange={setFlags}
      />
      <ScaleFields editor={editor} image={image} />
    </div>
  );
}

/** A field may lose the focus because another image was opened: what was typed is never said of that one. */
function say(
  editor: Editor,
  image: ImageRecord,
  label: string,
  changes: Partial<Omit<ImageMark, 'id'>>,
): void {
  if (editor.getSnapshot().image?.id === image.id) editor.write(label, { image: changes });
}

function ScaleFields({ editor, image }: { editor: Editor; image: ImageRecord }): ReactElement {
  const projectScale = useProject().data?.mmPerPx ?? null;
  const lineId = useSettledValue(editor, ({ selectedBoxIds }) =>
    selectedBoxIds.length === 1 ? selectedBoxIds[0] : undefined,
  );
  const boxes = useSettledValue(editor, (snapshot) => snapshot.boxes);
  const box = boxes.find(({ id }) => id === lineId);
  const lengthPx = box === undefined ? undefined : computeLineLengthPx(box);
  const scale = image.mmPerPx ?? null;
  const write = (mmPerPx: number | null): void => say(editor, image, t('said.scaleLabel'), { mmPerPx });
  const setProject = (mmPerPx: number | null): void => {
    api.setProjectScale.mutate({ mmPerPx }).catch((error: unknown) => announceError(readError(error)));
  };
  return (
    <>
      <div className={fields.two}>
        <TypedField<number | null>
          key={image.id}
          label={t('said.scale')}
          value={scale === null ? '' : formatScale(scale)}
          placeholder={projectScale === null ? t('said.scaleUnknown') : formatScale(projectScale)}
          isNumber
          parse={parseScale}
          onValue={write}
        />
        {lengthPx === undefined || lengthPx === 0 ? null : (
          <TypedField<number | null>
            key={lineId}
            label={t('said.lineMm')}
            value=""
            placeholder={t('said.lineMmExample')}
            isNumber
            parse={parseScale}
            onValue={(mm) => {
              if (mm !== null) write(mm / lengthPx);
            }}
          />
        )}
      </div>
      {scale === null || scale === projectScale ? null : (
        <Button variant="default" onClick={() => setProject(scale)}>
          {t('said.scaleForAll')}
        </Button>
      )}
      {projectScale === null ? null : (
        <p className={fields.note}>
          {t('said.projectScale', { scale: formatScale(projectScale) })}{' '}
          <button type="button" className={fields.link} onClick={() => setProject(null)}>
            {t('said.projectScaleForget')}
          </button>
        </p>
      )}
    </>
  );
}

function parseScale(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const value = parseNumber(text);
  return value !== undefined && value > 0 ? value : undefined;
}

/** Four digits that count. */
function formatScale(scale: number): string {
  return String(Number(scale.toPrecision(4)));
}
