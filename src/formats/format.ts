/** What a label format is to the studio: a codec from files to neutral records and back, without a file system. */
import type { z } from 'zod';
import type { Point } from '../core/geometry.ts';
import type {
  BoxRecord,
  ClassRecord,
  ImageRecord,
  ImageState,
  PredictionRecord,
  Split,
} from '../core/records.ts';
import type { ImageProbabilities } from '../core/submission.ts';
import type { ImageLookup } from './image-lookup.ts';

/** One file of a source: its path relative to the source's root with `/` between folders, and its bytes when asked for. */
export interface SourceFile {
  readonly path: string;
  bytes(): Promise<Uint8Array>;
  /** The same bytes in pieces, for files too large to be held whole; a reader may stop early. Absent where they are in memory anyway. */
  stream?(): AsyncIterable<Uint8Array>;
}

/** The files a person pointed at. A single file is a tree of one. Photographs may be listed; codecs never read their bytes. */
export interface FileTree {
  list(): AsyncIterable<SourceFile>;
  /** The bytes of many small files, by their paths in the order given, some at a time; they hold until the next are asked for. Absent where they are in memory anyway. */
  readMany?(files: RecordList<string>): AsyncIterable<readonly Uint8Array[]>;
  /** The same files as names by folder, both with `/` and names in the order that `<` has; with {@link open}, for trees of hundreds of thousands. Absent where they are in memory anyway. */
  byFolder?(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** One of them, by its path. */
  open?(path: string): SourceFile;
}

/** Records in their order, drawn when asked for: a list of a million need not be a million objects. Arrays are such lists. */
export interface RecordList<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

/** One file to be written below the folder a person chose. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The same bytes in pieces, for files too large to be held whole; may be asked for anew. Absent where they are in memory anyway. */
  pieces?(): Iterable<Uint8Array>;
}

/** Something that did not come over, with how many images and boxes it stands for, so that counts add up. */
export interface SkippedItem {
  readonly what: string;
  readonly why: string;
  readonly images: number;
  readonly boxes: number;
}

/**
 * What an import or export did, to the last box. Always:
 * `seen.images = images + Σ skipped.images` and `seen.boxes = boxes + Σ skipped.boxes`.
 */
export interface FormatReport {
  readonly format: string;
  /** Entries met in the source, before anything was left out. */
  readonly seen: { readonly images: number; readonly boxes: number };
  readonly images: number;
  readonly boxes: number;
  readonly skipped: readonly SkippedItem[];
  /** Boxes cut to the image by more than 0.01 px. They count in `boxes`. */
  readonly clipped: number;
  readonly notes: readonly string[];
  /** Boxes lost and cut of single images of the project, by id; images that lost nothing are not in it. */
  readonly byImage?: ReadonlyMap<string, { readonly lost: number; readonly clipped: number }>;
  /** Further findings as tables, such as how a setting was tuned. */
  readonly tables?: readonly ReportTable[];
}

/** One finding of a report: cells as they are shown. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ImportedClass {
  readonly name: string;
  /** Order in the source, dense from 0. */
  readonly position: number;
  readonly color: string | null;
  readonly scientificName: string | null;
}

/** What the source says about one image of the project. */
export interface ImportedImage {
  readonly imageId: string;
  /** The image's path in the project. */
  readonly path: string;
  /** Null when the source does not say: leave the image's state as it is. */
  readonly state: ImageState | null;
  readonly split: Split | null;
  readonly group: string | null;
}

/** One box, in upright image pixels, already inside its image. */
export interface ImportedBox {
  readonly imageId: string;
  /** The `name` of one of `classes`. */
  readonly className: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly head: Point | null;
  readonly tail: Point | null;
  readonly score: number | null;
  readonly attributes: BoxRecord['attributes'];
}

/** Neutral records out of a source, with the report of what was left. */
export interface ImportedRecords {
  readonly classes: readonly ImportedClass[];
  /** All images as objects, made when first asked for. Where there may be 100,000, go through `imageList`. */
  readonly images: readonly ImportedImage[];
  /** The same images, each drawn when it is asked for. */
  readonly imageList: RecordList<ImportedImage>;
  /** All boxes as objects, made when first asked for. Where there may be a million, go through `boxList`. */
  readonly boxes: readonly ImportedBox[];
  /** The same boxes, each drawn when it is asked for. */
  readonly boxList: RecordList<ImportedBox>;
  readonly report: FormatReport;
}

/** What a codec writes. Order of `classes` and `images` is kept in the files. */
export interface ExportSource {
  readonly projectName: string;
  readonly classes: readonly ClassRecord[];
  readonly images: readonly ImageRecord[];
  readonly boxes: RecordList<BoxRecord>;
  /** Written beside the labels by formats that have a place for them. */
  readonly predictions?: readonly PredictionRecord[];
  /** Suggestions that became boxes, of every model, for a format that tells who made them; read when asked for. */
  readonly takenSuggestions?: () => Iterable<PredictionRecord>;
  /** What the project's models are called. */
  readonly models?: readonly { readonly id: string; readonly name: string; readonly recipe: string }[];
  /** Class probabilities of images, for formats made of them. */
  readonly probabilities?: readonly ImageProbabilities[];
  /** The manifest of an earlier export into the same folder, as bytes: its class ids are kept where the format allows it. */
  readonly previousManifest?: Uint8Array;
  /** The same for other formats, by their ids: for an export that holds several. */
  readonly previousManifests?: Readonly<Record<string, Uint8Array>>;
  /** The content of files that options name (`picks: 'file'` in their schema), by option. */
  readonly attachments?: Readonly<Record<string, Uint8Array>>;
  /** How many channels the file of a photograph has (1 for grey, 3 for colour), for formats that tell; undefined where it cannot be read. */
  readonly channelsOf?: (image: ImageRecord) => Promise<number | undefined>;
  readonly nowMs: number;
}

/** What a project hands to an export: its boxes are an array. */
export interface ExportInput extends ExportSource {
  readonly boxes: readonly BoxRecord[];
}

/** Files to write, drawn lazily; `report` is complete from the start. */
export interface ExportResult {
  readonly files: AsyncIterable<OutputFile>;
  readonly report: FormatReport;
  /** Where photographs belong beside the labels, for readers that want them there. The shell decides whether to copy. */
  readonly copies: readonly { readonly imageId: string; readonly path: string }[];
  /** What else belongs into the folder, which only the shell can make. */
  readonly packing?: ExportPacking;
}

/** Archives, photographs, a cover and checksums around the files of an export. */
export interface ExportPacking {
  /** Folders (`yolo/`) whose files go into one archive each (`yolo.zip`) instead. */
  readonly archives: readonly string[];
  /** The archive of all `copies`, bytes unchanged; null for none. */
  readonly images: string | null;
  /** A picture of at least 560 × 280 px made of one of the photographs; null for none. */
  readonly cover: string | null;
  /** SHA-256 of every file but itself, as `sha256sum -c` reads it; null for none. */
  readonly checksums: string | null;
}

/** How sure a codec is that the files are its own. */
export interface Detection {
  /** 0 (certainly not) .. 1 (certainly). */
  readonly confidence: number;
  /** One sentence: what was found, or what was looked for in vain. */
  readonly reason: string;
}

/** A label format. Adding one is one file and one line in `list.ts`; the contract suite then tests it. */
export interface Format {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** File names or endings the format is known by, for file pickers: `.json`, `data.yaml`. */
  readonly extensions: readonly string[];
  readonly canImport: boolean;
  readonly canExport: boolean;
  /** Options of an export, all with defaults; a form is drawn from it. */
  readonly options: z.ZodType;
  /** Options of an import, all with defaults. */
  readonly importOptions: z.ZodType;
  /** What the format itself cannot say, in sentences. */
  readonly loses: readonly string[];
  /** Largest error of a coordinate over export and import, in pixels; null when the format holds no boxes. */
  readonly precisionPx: number | null;
  detect(files: FileTree): Promise<Detection>;
  /** Throws AppError `format/*` when nothing can be read; single faults go to the report. */
  read(files: FileTree, images: ImageLookup, options?: unknown): Promise<ImportedRecords>;
  /** Throws AppError `format/*` when nothing can be written. */
  write(input: ExportSource, options?: unknown): ExportResult;
}
