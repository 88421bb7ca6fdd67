"""Writes a net as an ONNX graph node by node: weights as half floats, arithmetic in single precision."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor


class OnnxWriter:
    """Collects nodes and half-float weights. Each weight passes a Cast, which ONNX Runtime folds away when it loads the file."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._count = 0

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"

    def _half(self, value: Tensor) -> str:
        name = self._name("w")
        array = value.detach().cpu().numpy()
        half = array.astype(np.float16)
        if not np.isfinite(half).all():
            raise ValueError(f"{name}: a folded weight does not fit a half float (largest {np.abs(array).max():.3g})")
        self._weights.append(numpy_helper.from_array(half, name))
        self._nodes.append(helper.make_node("Cast", [name], [f"{name}_f"], to=TensorProto.FLOAT))
        return f"{name}_f"

    def conv(self, x: str, weight: Tensor, bias: Tensor, kernel: int, stride: int, groups: int) -> str:
        y, pad = self._name("conv"), kernel // 2
        self._nodes.append(
            helper.make_node(
                "Conv", [x, self._half(weight), self._half(bias)], [y],
                kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4, group=groups,
            )
        )
        return y

    def relu(self, x: str) -> str:
        y = self._name("relu")
        self._nodes.append(helper.make_node("Relu", [x], [y]))
        return y

    def add(self, a: str, b: str) -> str:
        y = self._name("add")
        self._nodes.append(helper.make_node("Add", [a, b], [y]))
        return y

    def double(self, x: str) -> str:
        y, scales = self._name("up"), self._name("scales")
        self._weights.append(numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), scales))
        self._nodes.append(
            helper.make_node("Resize", [x, "", scales], [y], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        )
        return y

    def max_pool(self, x: str) -> str:
        """3×3, stride 2, padded by one."""
        y = self._name("pool")
        self._nodes.append(helper.make_node("MaxPool", [x], [y], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4))
        return y

    def concat(self, parts: list[str]) -> str:
        y = self._name("concat")
        self._nodes.append(helper.make_node("Concat", parts, [y], axis=1))
        return y

    def model(self, taps: dict[str, str], channels: dict[str, int], strides: dict[str, int], doc: str) -> onnx.ModelProto:
        """Closes the graph: input `image` (N×3×H×W), one output a tap under its own name."""
        outputs = []
        for tap, source in taps.items():
            self._nodes.append(helper.make_node("Identity", [source], [tap]))
            shape = ["N", channels[tap], f"H/{strides[tap]}", f"W/{strides[tap]}"]
            outputs.append(helper.make_tensor_value_info(tap, TensorProto.FLOAT, shape))
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, "H", "W"])
        graph = helper.make_graph(self._nodes, "catchlight-s", [image], outputs, self._weights, doc_string=doc)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="catchlight scripts/backbone")
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model
