/** ONNX Runtime in Python, where it is installed: the peer our cut nets are compared with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs whole original nets, halves turned to floats, with the wanted tensors made outputs. */
const program = `
import json, sys
import numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper, numpy_helper

def run(ask):
    model = onnx.load(ask['model'])
    graph = model.graph
    for constant in graph.initializer:
        if constant.data_type == TensorProto.FLOAT16:
            constant.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(constant).astype('float32'), constant.name))
    constants = {constant.name for constant in graph.initializer}
    name = next(value.name for value in graph.input if value.name not in constants)
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ['n', 3, 'h', 'w']))
    for tap in ask['taps']:
        graph.output.append(helper.make_tensor_value_info(tap['tensor'], TensorProto.FLOAT, ['n', 'c', 'y', 'x']))
    # What hangs behind the taps asks for the size the net was trained on: it is left out.
    wanted, kept = {tap['tensor'] for tap in ask['taps']}, []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            kept.insert(0, node)
    del graph.node[:]
    graph.node.extend(kept)
    used = [constant for constant in graph.initializer if constant.name in wanted]
    del graph.initializer[:]
    graph.initializer.extend(used)
    model.ir_version = max(model.ir_version, 8)
    picture = np.fromfile(ask['picture'], 'float32').reshape(1, 3, ask['heightPx'], ask['widthPx'])
    before, after = ask['border']['before'], ask['border']['after']
    picture = np.pad(picture, ((0, 0), (0, 0), (before, after), (before, after)))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=['CPUExecutionProvider'])
    for tap, values in zip(ask['taps'], session.run(None, {name: picture})):
        (top, bottom), (left, right) = tap['y'], tap['x']
        values = values[:, :, top:values.shape[2] - bottom, left:values.shape[3] - right]
        np.ascontiguousarray(values).tofile(ask['out'] + '-' + tap['name'])

for ask in json.load(sys.stdin):
    run(ask)
`;

/** A Python that has these modules, or undefined. */
export function findPythonWith(...modules: readonly string[]): string | undefined {
  return ['python3', 'python'].find((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore', timeout: 60_000 });
      return true;
    } catch {
      // No such Python, or one without the modules: the caller skips and says so.
      return false;
    }
  });
}

type Trim = { readonly before: number; readonly after: number };

/** An original net, a float picture `[3, heightPx, widthPx]`, and what is wanted of it. */
export interface SourceRun {
  readonly model: Uint8Array;
  readonly picture: Float32Array;
  readonly heightPx: number;
  readonly widthPx: number;
  readonly border: Trim;
  readonly taps: readonly {
    readonly name: string;
    readonly tensor: string;
    readonly y: Trim;
    readonly x: Trim;
  }[];
}

/** The taps of original nets by name, all computed in one Python. */
export function runSourcesInPython(python: string, runs: readonly SourceRun[]): Map<string, Float32Array>[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'catchlight-python-'));
  const pair = ({ before, after }: Trim) => [before, after];
  try {
    const asks = runs.map((run, i) => {
      const out = path.join(folder, String(i));
      const [model, picture] = [`${out}.onnx`, `${out}-picture`];
      writeFileSync(model, run.model);
      writeFileSync(picture, new Uint8Array(run.picture.buffer));
      const taps = run.taps.map(({ name, tensor, y, x }) => ({ name, tensor, y: pair(y), x: pair(x) }));
      const { heightPx, widthPx, border } = run;
      return { model, picture, out, heightPx, widthPx, border, taps };
    });
    execFileSync(python, ['-c', program], {
      input: JSON.stringify(asks),
      stdio: ['pipe', 'inherit', 'inherit'],
      timeout: 80_000,
    });
    const read = (file: string) => new Float32Array(Uint8Array.from(readFileSync(file)).buffer);
    return asks.map(
      ({ out, taps }) => new Map(taps.map(({ name }) => [name, read(`${out}-${name}`)] as const)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
