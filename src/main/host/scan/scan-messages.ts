/** What passes between the scan and its worker threads. */
import type { ImageFacts } from './read-image-facts.ts';

export interface ScanRequest {
  readonly batchId: number;
  readonly files: readonly string[];
}

export interface ScanReply {
  readonly batchId: number;
  /** In the order of the request. */
  readonly facts: readonly ImageFacts[];
}
