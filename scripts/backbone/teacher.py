"""The teacher: SqueezeNet 1.1 read from an ONNX file given by the user. Its weights are used while training and are never written out."""

from __future__ import annotations

import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional as F

from onnx_writer import OnnxWriter

FIRE_NAMES = ("fire2", "fire3", "fire4", "fire5", "fire6", "fire7", "fire8", "fire9")
#: Mean of the training photographs in blue, green, red, 0..255, as published with the net.
MEAN_BGR = (104.0, 117.0, 123.0)


class Teacher:
    """SqueezeNet 1.1 run by ONNX Runtime (three times as fast here as PyTorch).

    Unlike the published graph every convolution and pooling is padded by one, so that cell (i, j) of a stride-s map is centred on input pixel
    (s·i, s·j) and can be laid over the student's grid.
    """

    def __init__(self, path: str, threads: int = 2) -> None:
        weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).astype("float32")) for i in onnx.load(path).graph.initializer}
        missing = [n for n in ("conv1_w_0", "fire9/expand3x3_w_0", "conv10_w_0") if n not in weights]
        if missing:
            raise SystemExit(f"{path} is not the SqueezeNet 1.1 this script reads: it lacks {', '.join(missing)}")
        self._conv10 = weights["conv10_w_0"], weights["conv10_b_0"]
        self._mean = torch.tensor(MEAN_BGR).view(1, 3, 1, 1)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = self._graph(weights).SerializeToString()
        self.session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])

    @staticmethod
    def _graph(weights: dict[str, Tensor]) -> onnx.ModelProto:
        out = OnnxWriter()

        def conv(name: str, x: str, stride: int = 1) -> str:
            weight = weights[f"{name}_w_0"]
            return out.relu(out.conv(x, weight, weights[f"{name}_b_0"], weight.shape[2], stride, 1))

        x = out.max_pool(conv("conv1", "image", 2))
        fire5 = ""
        for name in FIRE_NAMES:
            squeezed = conv(f"{name}/squeeze1x1", x)
            x = out.concat([conv(f"{name}/expand1x1", squeezed), conv(f"{name}/expand3x3", squeezed)])
            fire5 = x if name == "fire5" else fire5
            x = out.max_pool(x) if name in {"fire3", "fire5"} else x
        return out.model({"fire5": fire5, "fire9": x}, {"fire5": 256, "fire9": 512}, {"fire5": 8, "fire9": 16}, "blue, green, red, mean taken off")

    def maps(self, rgb: Tensor) -> dict[str, Tensor]:
        """Input: N×3×H×W, RGB 0..1, any size. Output: {'fire5': N×256, stride 8; 'fire9': N×512, stride 16}, both ≥ 0."""
        x = (rgb.flip(1) * 255 - self._mean).contiguous(memory_format=torch.contiguous_format)
        fire5, fire9 = self.session.run(["fire5", "fire9"], {"image": x.numpy()})
        return {"fire5": torch.from_numpy(fire5), "fire9": torch.from_numpy(fire9)}

    def logits(self, fire9: Tensor) -> Tensor:
        """The 1000 class scores of each cell, before ReLU. Linear, so it may follow any averaging or resampling of the map."""
        return F.conv2d(fire9, *self._conv10)


def lay_over(teacher_map: Tensor, teacher_stride: int, teacher_scale: float, student_cells: int, student_stride: int) -> Tensor:
    """Samples a square teacher map at the centres of the student's cells × cells grid, bilinearly, edges repeated.

    `teacher_scale`: teacher pixels per student pixel. Written as two products with one matrix, which is faster here than grid_sample.
    """
    cells = teacher_map.shape[-1]
    centre_px = torch.arange(student_cells) * student_stride + (student_stride - 1) / 2
    index = (((centre_px + 0.5) * teacher_scale - 0.5) / teacher_stride).clamp(0, cells - 1)
    matrix = (1 - (index[:, None] - torch.arange(cells)).abs()).clamp_min(0)
    across = teacher_map @ matrix.T
    return (across.mT @ matrix.T).mT
