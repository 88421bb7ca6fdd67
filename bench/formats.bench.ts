/** COCO and YOLO both ways, 100,000 images and 1,000,000 boxes, against datumaro on the same files: seconds and peak memory. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../src/core/errors.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { bundleSide } from './bundle-side.ts';
import { writeDataSets } from './formats-data.ts';

const PYTHON = process.env.CATCHLIGHT_BENCH_PYTHON ?? 'python3';
const IMAGES = Number(process.env.CATCHLIGHT_BENCH_IMAGES ?? 100_000);
/** Rounds in turns; the best of each figure counts, since other work can only make it worse. */
const ROUNDS = Math.max(1, Number(process.env.CATCHLIGHT_BENCH_ROUNDS ?? 1));
/** More flags for our side's Node, such as `--max-semi-space-size=8`: how much of its memory is garbage that was never collected. */
const NODE_FLAGS = (process.env.CATCHLIGHT_BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
const LIMIT_MS = 3_600_000;

const sideSchema = z.object({
  boxes: z.number(),
  readS: z.number(),
  readCpuS: z.number(),
  writeS: z.number(),
  writeCpuS: z.number(),
  peakMiB: z.number(),
});
type Side = z.infer<typeof sideSchema>;

/** Each side in a process of its own, so that the system tells its peak memory. */
function runSide(program: string, args: readonly string[]): Side {
  const options = { encoding: 'utf8', timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 } as const;
  return sideSchema.parse(JSON.parse(execFileSync(program, args, options).trim().split('\n').at(-1) ?? ''));
}

function best(sides: readonly Side[]): Side {
  const least = (key: keyof Side): number => Math.min(...sides.map((side) => side[key]));
  return {
    boxes: least('boxes'),
    readS: least('readS'),
    readCpuS: least('readCpuS'),
    writeS: least('writeS'),
    writeCpuS: least('writeCpuS'),
    peakMiB: least('peakMiB'),
  };
}

function requireDatumaro(): void {
  try {
    execFileSync(PYTHON, ['-c', 'import datumaro'], { stdio: 'ignore' });
  } catch {
    throw new AppError({
      code: 'bench/no-peer',
      message: `${PYTHON} has no datumaro, so there is nothing to compare with. Nothing was measured.`,
      hint: 'Install it (pip install datumaro) or name a Python that has it in CATCHLIGHT_BENCH_PYTHON.',
    });
  }
}

async function run(): Promise<BenchResult> {
  requireDatumaro();
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-formats-'));
  try {
    const side = await bundleSide(path.join(import.meta.dirname, 'formats-side.ts'), dir);
    const boxes = writeDataSets(dir, IMAGES);
    const figures: BenchFigure[] = [];
    const ratio: Record<string, number> = {};
    let peer: BenchFigure | undefined;
    for (const [id, theirs] of [
      ['coco', 'coco_instances'],
      ['yolo', 'yolo'],
    ] as const) {
      const source = path.join(dir, id);
      const sides = Array.from({ length: ROUNDS }, (_, round) => {
        const target = (who: string): string => path.join(dir, `${id}-${who}-${round}`);
        const ours = runSide(process.execPath, [
          '--max-old-space-size=4096',
          ...NODE_FLAGS,
          side,
          source,
          id,
          target('ours'),
          String(IMAGES),
        ]);
        const peerScript = path.join(import.meta.dirname, 'formats_peer.py');
        const other = runSide(PYTHON, [peerScript, source, theirs, target('theirs'), theirs]);
        // Left until the end: to make files where 100,000 were removed a moment ago costs a disk several times as much.
        return { ours, other };
      });
      const ours = best(sides.map((one) => one.ours));
      const other = best(sides.map((one) => one.other));
      for (const [who, counted] of [
        ['we', ours.boxes],
        ['datumaro', other.boxes],
      ] as const)
        if (counted !== boxes)
          throw new AppError({
            code: 'bench/counts',
            message: `Of ${boxes} boxes in ${id}, ${who} read ${counted}.`,
            hint: 'Mend the reader before comparing times.',
          });
      const draw = (label: string, one: Side): BenchFigure[] => [
        { label: `${label} ${id} read`, value: one.readS, unit: 's' },
        { label: `${label} ${id} read, processor`, value: one.readCpuS, unit: 's' },
        { label: `${label} ${id} write`, value: one.writeS, unit: 's' },
        { label: `${label} ${id} write, processor`, value: one.writeCpuS, unit: 's' },
        { label: `${label} ${id} peak memory`, value: one.peakMiB, unit: 'MiB' },
      ];
      figures.push(...draw('ours', ours), ...draw('datumaro', other));
      ratio[`${id} read`] = other.readS / ours.readS;
      ratio[`${id} read cpu`] = other.readCpuS / ours.readCpuS;
      ratio[`${id} write`] = other.writeS / ours.writeS;
      ratio[`${id} write cpu`] = other.writeCpuS / ours.writeCpuS;
      ratio[`${id} memory`] = other.peakMiB / ours.peakMiB;
      peer ??= {
        label: `datumaro ${id} read`,
        value: other.readS,
        unit: 's',
        note: `${IMAGES} images, ${boxes} boxes`,
      };
    }
    return { figures, peer: peer ?? { label: 'datumaro', value: 0, unit: 's' }, ratio };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export const formatsBench: Bench = {
  name: 'formats',
  summary:
    'COCO and YOLO read and written, 100,000 images with 1,000,000 boxes, against datumaro: seconds and peak memory',
  goal: {
    ratio: {
      'coco read': 3,
      'coco read cpu': 3,
      'coco write': 3,
      'coco write cpu': 3,
      'coco memory': 3,
      'yolo read': 3,
      'yolo read cpu': 3,
      'yolo write': 3,
      'yolo write cpu': 3,
      'yolo memory': 3,
    },
    better: 'at-least',
  },
  run,
};
