/** `npm run bench -- NAME [--json]`: runs a benchmark, prints a table and, with `--json`, one JSON object as the last line. */
import { cpus, loadavg } from 'node:os';
import { toAppErrorData } from '../src/core/errors.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { benches } from './list.ts';

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3);
}

/** Columns padded to the widest cell; numbers to the right. */
function table(rows: readonly BenchFigure[]): string {
  const values = rows.map((row) => format(row.value));
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const valueWidth = Math.max(...values.map((value) => value.length));
  const unitWidth = Math.max(...rows.map((row) => row.unit.length));
  return rows
    .map((row, i) => {
      const cells = [
        row.label.padEnd(labelWidth),
        (values[i] as string).padStart(valueWidth),
        row.unit.padEnd(unitWidth),
      ];
      return `  ${cells.join('  ')}  ${row.note ?? ''}`.trimEnd();
    })
    .join('\n');
}

/** One verdict a ratio; a goal without its ratio is neither reached nor missed. */
function listVerdicts({ goal }: Bench, { ratio }: BenchResult): string[] {
  const { better } = goal;
  const goals = typeof goal.ratio === 'number' ? { '': goal.ratio } : goal.ratio;
  const ratios: Readonly<Record<string, number>> = typeof ratio === 'number' ? { '': ratio } : ratio;
  return Object.entries(goals).map(([name, wanted]) => {
    const value = ratios[name] ?? Number.NaN;
    const reached = better === 'at-least' ? value >= wanted : value <= wanted;
    const title = name === '' ? 'ratio' : `ratio ${name}`;
    const asked = `goal ${better === 'at-least' ? '≥' : '≤'} ${wanted}`;
    if (Number.isNaN(value)) return `${title} not measured in this run, ${asked}`;
    return `${title} ${format(value)}, ${asked}: ${reached ? 'reached' : 'missed'}`;
  });
}

function print(bench: Bench, result: BenchResult, json: boolean): void {
  const { goal } = bench;
  console.log(`${bench.name}: ${bench.summary}`);
  console.log(
    `  on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
  );
  console.log(table([...result.figures, { ...result.peer, label: `peer: ${result.peer.label}` }]));
  for (const verdict of listVerdicts(bench, result)) console.log(`  ${verdict}`);
  if (json) {
    const { figures, peer, ratio } = result;
    console.log(JSON.stringify({ name: bench.name, figures, peer, ratio, goal }));
  }
}

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const name = args.find((arg) => !arg.startsWith('-'));
  const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (load === undefined) {
    console.error(
      `Benchmarks: ${Object.keys(benches).join(', ')}. Run one with: npm run bench -- NAME [--json]`,
    );
    return name === undefined ? 0 : 2;
  }
  try {
    const bench = await load();
    print(bench, await bench.run(), json);
    return 0;
  } catch (error) {
    const { code, message, hint } = toAppErrorData(error);
    console.error(`${name} could not be measured: ${message} ${hint} (${code})`);
    return 1;
  }
}

process.exit(await main(process.argv.slice(2)));
