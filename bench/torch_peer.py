"""PyTorch as the peer of `features.bench.ts`: runs an ONNX file node by node, eagerly and frozen, and times what it is asked to.

Reads one JSON line a request: {"load": file, "height": h, "width": w, "threads": n} answers {"difference": …, "ways": […]}; {"way": name, "runs": n}
answers {"ms": milliseconds a run}. The picture is all of a run's input; weights and input lie in channels-last order, which PyTorch is fastest with.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F


class Net(nn.Module):
    """The operations that classifiers are cut down to. Convolution and batch norm are modules, so that PyTorch can join them."""

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        constants = {c.name: torch.from_numpy(numpy_helper.to_array(c).copy()) for c in model.graph.initializer}
        self.outputs = [value.name for value in model.graph.output]
        self.input = model.graph.input[0].name
        self.modules_of = nn.ModuleDict()
        self.steps: list[tuple[str, list[str], str, dict]] = []
        for i, node in enumerate(model.graph.node):
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Cast" and node.input[0] in constants:
                constants[node.output[0]] = constants[node.input[0]].float()
                continue
            values = [constants.get(name) for name in node.input]
            if node.op_type == "Conv":
                self.modules_of[str(i)] = self._conv(attributes, *values[1:])
            elif node.op_type == "BatchNormalization":
                self.modules_of[str(i)] = self._norm(attributes, *values[1:])
            elif node.op_type in ("Pad", "Slice"):
                attributes["constants"] = [value.tolist() for value in values[1:] if value is not None]
            self.steps.append((node.op_type, list(node.input), node.output[0], {**attributes, "i": i}))

    @staticmethod
    def _conv(attributes: dict, weight: Tensor, bias: Tensor | None = None) -> nn.Conv2d:
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        if (top, left) != (bottom, right):
            raise SystemExit("a convolution is padded unevenly, which the peer does not know")
        groups = attributes.get("group", 1)
        conv = nn.Conv2d(
            weight.shape[1] * groups, weight.shape[0], tuple(weight.shape[2:]), tuple(attributes.get("strides", [1, 1])),
            (top, left), tuple(attributes.get("dilations", [1, 1])), groups, bias is not None,
        )
        conv.weight.data = weight.float()
        if bias is not None:
            conv.bias.data = bias.float()
        return conv

    @staticmethod
    def _norm(attributes: dict, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> nn.BatchNorm2d:
        norm = nn.BatchNorm2d(len(scale), eps=attributes.get("epsilon", 1e-5))
        norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var = scale, bias, mean, variance
        return norm

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        known = {self.input: image}
        for op, inputs, output, attributes in self.steps:
            known[output] = self._run(op, [known[name] for name in inputs if name in known], attributes)
        return tuple(known[name] for name in self.outputs)

    def _run(self, op: str, inputs: list[Tensor], attributes: dict) -> Tensor:
        x = inputs[0]
        if op in ("Conv", "BatchNormalization"):
            return self.modules_of[str(attributes["i"])](x)
        if op == "Relu":
            return F.relu(x)
        if op == "Add":
            return x + inputs[1]
        if op == "Concat":
            return torch.cat(inputs, attributes["axis"])
        if op == "MaxPool":
            pad = attributes.get("pads", [0, 0, 0, 0])[:2]
            return F.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides"), pad, ceil_mode=bool(attributes.get("ceil_mode", 0)))
        if op == "AveragePool":
            pad, counted = attributes.get("pads", [0, 0, 0, 0])[:2], bool(attributes.get("count_include_pad", 0))
            return F.avg_pool2d(x, attributes["kernel_shape"], attributes.get("strides"), pad, bool(attributes.get("ceil_mode", 0)), counted)
        if op == "Pad":
            pads = attributes.get("pads") or attributes["constants"][0]
            return F.pad(x, (pads[3], pads[7], pads[2], pads[6]))
        if op == "Slice":
            starts, ends = attributes.get("starts") or attributes["constants"][0], attributes.get("ends") or attributes["constants"][1]
            return x[:, :, starts[0] : ends[0], starts[1] : ends[1]]
        if op == "Resize":
            return F.interpolate(x, scale_factor=2.0, mode="nearest")
        if op in ("Identity", "Dropout", "Cast"):
            return x
        raise SystemExit(f"the peer does not know the operation {op}")


def load(request: dict) -> tuple[dict, Tensor, float]:
    """Both ways to run it, the picture, and the largest difference from the maps in `expected` as a part of their largest value."""
    torch.set_num_threads(request["threads"])
    net = Net(onnx.load(request["load"])).eval().to(memory_format=torch.channels_last)
    image = torch.from_numpy(np.fromfile(request["picture"], "float32").reshape(1, 3, request["height"], request["width"]))
    image = image.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        maps = net(image)
        difference = 0.0
        for values, file in zip(maps, request["expected"]):
            expected = torch.from_numpy(np.fromfile(file, "float32").reshape(values.shape))
            difference = max(difference, float((values - expected).abs().max() / expected.abs().max()))
    with torch.no_grad():
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, image)))
    return {"eager": net, "frozen": frozen}, image, difference


def main() -> None:
    ways: dict = {}
    image = torch.empty(0)
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            ways, image, difference = load(request)
            answer = {"difference": difference, "ways": list(ways)}
        else:
            with torch.inference_mode():
                start = time.perf_counter()
                for _ in range(request["runs"]):
                    ways[request["way"]](image)
                answer = {"ms": (time.perf_counter() - start) * 1000 / request["runs"]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
