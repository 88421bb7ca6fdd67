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
