"""Writes weights files of subclassed models, whose paths are made of attribute names.

Run: python make_paths.py      Writes paths_*.weights.h5 beside this file and paths.json with what they hold.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import h5py
import keras
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
L = keras.layers


def dense(name):
    return L.Dense(2, use_bias=False, name=name)


class Block(L.Layer):
    """Layers in attributes of every kind, some of them private."""

    def __init__(self, name):
        super().__init__(name=name)
        self.zeta = dense(f"{name}_zeta")
        self._hidden = dense(f"{name}_hidden")
        self.Upper = dense(f"{name}_upper")
        self.items = [dense(f"{name}_item"), [dense(f"{name}_inner_0"), dense(f"{name}_inner_1")], dense(f"{name}_last")]
        self.table = {"b": dense(f"{name}_b"), "a": dense(f"{name}_a"), "c": {"d": dense(f"{name}_d")}}

    def all_layers(self):
        inner = self.items[1]
        table = self.table
        return [
            self.zeta, self._hidden, self.Upper, self.items[0], inner[0], inner[1], self.items[2],
            table["b"], table["a"], table["c"]["d"],
        ]

    def build(self, input_shape):
        for layer in self.all_layers():
            layer.build(input_shape)

    def call(self, x):
        for layer in self.all_layers():
            x = layer(x)
        return x


class Subclassed(keras.Model):
    """Paths of layers that are reached through `layers`, which sorts in the middle of the attributes."""

    def __init__(self):
        super().__init__(name="subclassed")
        self.zulu = dense("zulu")
        self.alpha = Block("alpha")
        self.blocks = [Block("block_0"), Block("block_1")]
        self.again = self.alpha.zeta
        self.mixed = [L.LayerNormalization(name="norm"), dense("mixed_0"), L.Dropout(0.5, name="drop"), dense("mixed_1")]

    def call(self, x):
        x = self.again(self.alpha(x))
        for block in self.blocks:
            x = block(x)
        for layer in self.mixed:
            x = layer(x)
        return self.zulu(x)


class SequentialWithExtra(keras.Sequential):
    def __init__(self):
        super().__init__([keras.Input((2,)), dense("first"), dense("second")], name="sequential_with_extra")
        self.extra = dense("extra")
        self.alias = self.layers[0]
        self.extra.build((None, 2))


def functional():
    x = keras.Input((2,), name="x")
    inner_x = keras.Input((2,), name="inner_x")
    inner = keras.Model(inner_x, dense("inner_dense")(inner_x), name="inner")
    stack = keras.Sequential([dense("stack_0"), L.Activation("relu", name="stack_relu"), dense("stack_1")], name="stack")
    y = L.Add(name="sum")([inner(x), stack(inner(x))])
    return keras.Model(x, dense("head")(y), name="functional")


def record(name, model):
    model(np.ones((1, 2), "float32"))
    for i, weight in enumerate(model.weights):
        weight.assign(np.full(weight.shape, i + 1, "float32"))
    path = os.path.join(HERE, f"paths_{name}.weights.h5")
    if name == "functional":
        model.compile("adam")
        model.optimizer.build(model.trainable_variables)
    model.save_weights(path)
    values = {v.path: float(np.max(v)) for v in model.weights}
    by_layer = {}
    for layer in model._flatten_layers():
        for v in layer._trainable_variables + layer._non_trainable_variables:
            by_layer[f"{layer.name}/{v.name}"] = values[v.path]
    groups = {}

    def visit(path, node):
        if isinstance(node, h5py.Group) and path.split("/")[-1] == "vars":
            groups[path] = {"name": node.attrs.get("name"), "keys": sorted(node.keys(), key=int)}

    with h5py.File(path, "r") as f:
        f.visititems(visit)
    return {"groups": groups, "values": by_layer}


def main():
    models = {"subclassed": Subclassed, "sequential": SequentialWithExtra, "functional": functional}
    recorded = {}
    for name, make in models.items():
        keras.backend.clear_session()
        recorded[name] = record(name, make())
    recorded["versions"] = {"keras": keras.__version__, "h5py": h5py.__version__, "numpy": np.__version__}
    with open(os.path.join(HERE, "paths.json"), "w") as f:
        json.dump(recorded, f, indent=1)


if __name__ == "__main__":
    main()
