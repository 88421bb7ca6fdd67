/** What passes between the host and the thread that reckons about all photographs of a project. */
import type { DataOverview } from '../../../contract/audit.ts';
import type { SplitRequest, SplitSummary } from '../../../core/audit/split-plan.ts';
import type { AppErrorData } from '../../../core/errors.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import type { Split } from '../../../core/records.ts';
import type { EngineInput, EngineOutput } from '../../../engine/messages.ts';
import type { AuditOptions, ChainChange } from './compute-audit.ts';
import type { FactsEntry } from './ensure-facts.ts';

/** One piece of work: a thread does one and ends. */
export type DataWork =
  | {
      readonly kind: 'audit';
      /** The project folder, and where its photographs are. */
      readonly dir: string;
      readonly imagesRoot: string;
      readonly options: AuditOptions;
      /** The host's clock when the work began. */
      readonly nowMs: number;
    }
  | { readonly kind: 'split'; readonly dir: string; readonly request: SplitRequest }
  | { readonly kind: 'overview'; readonly dir: string };

/** An audit as it crosses: the report as the text of its file, so that nobody copies a hundred thousand names twice. */
export interface AuditAnswer {
  readonly report: Uint8Array;
  readonly chains: readonly ChainChange[];
  readonly joins: ReadonlyMap<string, Split>;
  readonly images: number;
  readonly groups: number;
  readonly chainCount: number;
  readonly findings: number;
  /** Targets with a leak, of those that were tested. */
  readonly leaks: number;
  readonly leakTests: number;
}

/** A split before it is applied, as it crosses. */
export interface SplitAnswer {
  /** Photographs of all parts. */
  readonly total: number;
  /** Ids with their sides as JSON, part by part: the host unpacks one, saves it, and answers others before the next. */
  readonly parts: readonly Uint8Array[];
  readonly summary: SplitSummary;
}

/** What {@link SplitAnswer} packs into a part. */
export type SplitPart = readonly (readonly [id: string, side: Split])[];

export interface DataAnswers {
  readonly audit: AuditAnswer;
  readonly split: SplitAnswer;
  readonly overview: DataOverview;
}

export type FromDataWorker =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  /** Read from files: the host keeps them, since it alone writes to the project. */
  | { readonly type: 'facts'; readonly entries: readonly FactsEntry[] }
  /** Wants tables of the engine, which is the host's. */
  | { readonly type: 'embed'; readonly what: TableKind; readonly images: BoxedImages }
  | { readonly type: 'done'; readonly answer: DataAnswers[keyof DataAnswers] }
  | { readonly type: 'failed'; readonly error: AppErrorData };

/** What the engine is asked for, and its tables by name. */
export type TableKind = 'embed' | 'embedSurroundings';
export type BoxedImages = EngineInput<TableKind>['images'];
export type Tables<K extends TableKind = TableKind> = EngineOutput<K>;

export interface ToDataWorker {
  readonly type: 'tables';
  readonly tables: Tables;
}
