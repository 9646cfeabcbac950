"""Models as graphs: the text of keras.utils.model_to_dot, which needs pydot, with its nodes numbered as they come."""

import re

import keras

from . import models_zoo as zoo

L = keras.layers


def _frames():
    """Models in models, one of them used twice, with inputs and outputs in dicts."""
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    inner = keras.Sequential([keras.Input((3,)), L.Dense(4, "relu", name="one"), L.Dense(3, name="two")], name="inner")
    inner.layers[0].trainable = False
    x = L.Add(name="sum")([inner(a), inner(b)])
    middle = keras.Model({"b": b, "a": a}, [keras.ops.tanh(x), x], name="middle-model 2")
    c, d = keras.Input((3,), name="c"), keras.Input((3,), name="d")
    first, second = middle({"a": c, "b": d})
    return keras.Model([c, d], {"p": first, "o": L.Dense(1, name="head")(second)}, name="outer")


ALL = {"show_shapes": True, "show_dtype": True, "show_layer_activations": True, "show_trainable": True}
CALLS = [
    (zoo.mlp, {}),
    (zoo.mlp, ALL),
    (zoo.mlp, {"expand_nested": True, "show_layer_names": False}),
    (zoo.mlp, {"subgraph": True}),
    (zoo.two_headed, {"show_shapes": True, "rankdir": "LR", "dpi": 96}),
    (zoo.dict_headed, {"show_shapes": True, "show_dtype": True}),
    (zoo.shared, {"show_layer_activations": True}),
    (zoo.nested, {"show_shapes": True}),
    (zoo.nested, {**ALL, "expand_nested": True}),
    (zoo.operations, ALL),
    (zoo.recurrent, {"show_layer_activations": True, "show_dtype": True}),
    (_frames, {"show_shapes": True, "show_dtype": True}),
    (_frames, {**ALL, "expand_nested": True, "splines": "curved"}),
]


def _numbered(text):
    """Python's object ids differ from run to run."""
    numbers = {}
    return re.sub(r"\b\d{10,}\b", lambda m: str(numbers.setdefault(m[0], len(numbers) + 1)), text)


def plots():
    cases, models = [], {}
    for build, kwargs in CALLS:
        keras.backend.clear_session()
        model = build()
        name = build.__name__.strip("_")
        models[name] = model.to_json()
        text = _numbered(keras.utils.model_to_dot(model, **kwargs).to_string())
        cases.append({"model": name, "kwargs": kwargs, "dot": text.rstrip("\n").split("\n")})
    return cases, {"models": models}
