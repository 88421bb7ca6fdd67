/** COCO's own evaluation, run in Python where it is installed: the peer our figures are compared with. */
import { execFileSync } from 'node:child_process';

const program = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    run = COCOeval(truth, truth.loadRes(sys.argv[2]), 'bbox')
    run.evaluate(); run.accumulate(); run.summarize()
print(json.dumps([float(value) for value in run.stats[:3]]))
`;

/** A Python that has pycocotools, or undefined. */
export function findPycocotools(): string | undefined {
  return ['python3', 'python'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import pycocotools.cocoeval'], { stdio: 'ignore', timeout: 60_000 });
      return true;
    } catch {
      // No such Python, or one without the package: the caller skips and says so.
      return false;
    }
  });
}

/** mAP@[.5:.95], mAP@.5 and mAP@.75 of a results file against a truth file. */
export function evaluateWithPycocotools(
  python: string,
  truthFile: string,
  resultsFile: string,
): { map: number; map50: number; map75: number } {
  const printed = execFileSync(python, ['-c', program, truthFile, resultsFile], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const [map = Number.NaN, map50 = Number.NaN, map75 = Number.NaN] = JSON.parse(printed) as number[];
  return { map, map50, map75 };
}

const manyProgram = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else None
def evaluate(case):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = case['truth']
        truth.createIndex()
        run = COCOeval(truth, truth.loadRes(case['results']), 'bbox')
        run.evaluate(); run.accumulate(); run.summarize()
    precision, recall = run.eval['precision'][:, :, :, 0, -1], run.eval['recall'][:, :, 0, -1]
    classes = range(precision.shape[2])
    return {
        'stats': [None if value < 0 else float(value) for value in run.stats[:3]],
        'perClass': [[mean(precision[:, :, k]), mean(precision[0, :, k]), None if recall[0, k] < 0 else float(recall[0, k])] for k in classes],
    }
print(json.dumps([evaluate(case) for case in json.load(sys.stdin)]))
`;

/** What pycocotools says of one case; null where it has no figure. */
export interface CocoFigures {
  /** mAP@[.5:.95], mAP@.5, mAP@.75. */
  readonly stats: (number | null)[];
  /** Each class, by rising category id: AP, AP@.5, recall@.5. */
  readonly perClass: (number | null)[][];
}

/** Evaluates many truths, as COCO's annotation files hold them, and their results in one Python. Results must not be empty. */
export function evaluateManyWithPycocotools(
  python: string,
  cases: readonly { readonly truth: unknown; readonly results: readonly unknown[] }[],
): CocoFigures[] {
  const printed = execFileSync(python, ['-c', manyProgram], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed) as CocoFigures[];
}
