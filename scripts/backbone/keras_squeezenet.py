"""Turns Keras's SqueezeNet 1.1 weights without top (rcmalli/keras-squeezenet, MIT) into an ONNX file that `backbone add` takes.

    python3 keras_squeezenet.py squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5 squeezenet.onnx
    node bin/catchlight.js backbone add squeezenet.onnx --normalisation caffe

An .h5 of weights holds no graph, so the graph is written here: it is the published one, layer names included. Needs h5py besides requirements.txt.
"""

from __future__ import annotations

import argparse

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: Fire modules by the pooling that stands before them.
STAGES = (("pool1", ("fire2", "fire3")), ("pool3", ("fire4", "fire5")), ("pool5", ("fire6", "fire7", "fire8", "fire9")))


def read_weights(path: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Kernel (out, in, height, width) and bias by layer."""
    weights = {}
    with h5py.File(path) as file:
        if "layer_names" not in file.attrs:
            raise SystemExit(f"{path} holds no layers: it is not a weights file of Keras")
        for name in (layer.decode() for layer in file.attrs["layer_names"]):
            arrays = [np.asarray(file[name][weight]) for weight in file[name].attrs["weight_names"]]
            if len(arrays) == 2:
                kernel, bias = arrays
                weights[name] = kernel.transpose(3, 2, 0, 1).astype("float32"), bias.astype("float32")
    missing = [name for name in ("conv1", "fire2/squeeze1x1", "fire9/expand3x3") if name not in weights]
    if missing:
        raise SystemExit(f"{path} is not SqueezeNet 1.1: it lacks {', '.join(missing)}")
    return weights


def build(weights: dict[str, tuple[np.ndarray, np.ndarray]]) -> onnx.ModelProto:
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []

    def add(op: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def conv(x: str, name: str, stride: int = 1, pad: int = 0) -> str:
        kernel, bias = weights[name]
        constants.append(numpy_helper.from_array(np.ascontiguousarray(kernel), f"{name}/kernel"))
        constants.append(numpy_helper.from_array(bias, f"{name}/bias"))
        y = add("Conv", [x, f"{name}/kernel", f"{name}/bias"], f"{name}/conv", strides=[stride] * 2, pads=[pad] * 4, kernel_shape=list(kernel.shape[2:]))
        return add("Relu", [y], f"{name}/relu")

    x = conv("image", "conv1", stride=2)
    for pool, fires in STAGES:
        x = add("MaxPool", [x], pool, kernel_shape=[3, 3], strides=[2, 2])
        for fire in fires:
            squeezed = conv(x, f"{fire}/squeeze1x1")
            x = add("Concat", [conv(squeezed, f"{fire}/expand1x1"), conv(squeezed, f"{fire}/expand3x3", pad=1)], f"{fire}/concat", axis=1)

    def value(name: str, *shape: object) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))

    channels = 2 * weights["fire9/expand3x3"][0].shape[0]
    graph = helper.make_graph(nodes, "squeezenet11", [value("image", "n", 3, "h", "w")], [value(x, "n", channels, "y", "x")], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights")
    parser.add_argument("out")
    arguments = parser.parse_args()
    onnx.save_model(build(read_weights(arguments.weights)), arguments.out)


if __name__ == "__main__":
    main()
