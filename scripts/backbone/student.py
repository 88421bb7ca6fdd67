"""The embedded backbone: a small convolutional net whose every block can also write itself as ONNX nodes.

Strides 2, 4, 8, 16, 32 going down (bottleneck residual blocks of plain convolutions), then a short top-down path, so that the stride-8
and stride-16 taps know what stands around them. Batch norms exist only while training; `emit` folds them into the convolutions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from onnx_writer import OnnxWriter

TAP_CHANNELS = {"s8": 128, "s16": 224, "s32": 288}
TAP_STRIDES = {"s8": 8, "s16": 16, "s32": 32}


class ConvBn(nn.Module):
    """Convolution, batch norm and (unless `relu=False`) ReLU; one fused Conv (+ Relu) when written."""

    def __init__(self, cin: int, cout: int, kernel: int = 1, stride: int = 1, relu: bool = True, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(cout)
        self.relu = relu
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.relu(x, inplace=True) if self.relu else x

    def emit(self, out: OnnxWriter, x: str) -> str:
        scale = self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        weight = self.conv.weight * scale[:, None, None, None]
        bias = self.bn.bias - self.bn.running_mean * scale
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        y = out.conv(x, weight, bias, kernel, stride, self.conv.groups)
        return out.relu(y) if self.relu else y


class Bottleneck(nn.Module):
    """1×1 down, 3×3, 1×1 up, added to its input."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.reduce = ConvBn(channels, inner)
        self.middle = ConvBn(inner, inner, 3)
        self.expand = ConvBn(inner, channels, relu=False)
        nn.init.constant_(self.expand.bn.weight, 0.2)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.expand(self.middle(self.reduce(x))))

    def emit(self, out: OnnxWriter, x: str) -> str:
        y = self.expand.emit(out, self.middle.emit(out, self.reduce.emit(out, x)))
        return out.relu(out.add(x, y))


class Merge(nn.Module):
    """Adds what the coarser level knows to a finer one: 1×1 to its width, doubled by repetition, added, then mixed by a residual block."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.lateral = ConvBn(coarse, fine, relu=False)
        self.mix = Bottleneck(fine, fine // 2)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        up = F.interpolate(self.lateral(coarse), scale_factor=2.0, mode="nearest")
        return self.mix(F.relu(fine + up))

    def emit(self, out: OnnxWriter, fine: str, coarse: str) -> str:
        up = out.double(self.lateral.emit(out, coarse))
        return self.mix.emit(out, out.relu(out.add(fine, up)))


class Student(nn.Module):
    """Input: RGB, 0..1, N×3×H×W with H and W multiples of 32. Output: {'s8', 's16', 's32'}, all ≥ 0 (they end in ReLU)."""

    def __init__(self) -> None:
        super().__init__()
        c8, c16, c32 = TAP_CHANNELS["s8"], TAP_CHANNELS["s16"], TAP_CHANNELS["s32"]
        self.stem = nn.ModuleList([ConvBn(3, 24, 3, 2), ConvBn(24, 48, 3, 2)])
        self.stage8 = nn.ModuleList([ConvBn(48, c8, 3, 2), Bottleneck(c8, c8 // 2), Bottleneck(c8, c8 // 2)])
        self.stage16 = nn.ModuleList([ConvBn(c8, c16, 3, 2), *(Bottleneck(c16, c16 // 2) for _ in range(3))])
        self.stage32 = nn.ModuleList([ConvBn(c16, c32, 3, 2), *(Bottleneck(c32, c32 // 2) for _ in range(3))])
        self.merge16 = Merge(c32, c16)
        self.merge8 = Merge(c16, c8)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        for layer in self.stem:
            x = layer(x)
        levels = []
        for stage in (self.stage8, self.stage16, self.stage32):
            for layer in stage:
                x = layer(x)
            levels.append(x)
        s16 = self.merge16(levels[1], levels[2])
        s8 = self.merge8(levels[0], s16)
        return {"s8": s8, "s16": s16, "s32": levels[2]}

    def emit(self, out: OnnxWriter, x: str) -> dict[str, str]:
        for layer in self.stem:
            x = layer.emit(out, x)
        levels = []
        for stage in (self.stage8, self.stage16, self.stage32):
            for layer in stage:
                x = layer.emit(out, x)
            levels.append(x)
        s16 = self.merge16.emit(out, levels[1], levels[2])
        s8 = self.merge8.emit(out, levels[0], s16)
        return {"s8": s8, "s16": s16, "s32": levels[2]}
