"""One layer case: config, weights, outputs, gradients, masks and moving statistics of a layer on one input.

A case holds everything that a test needs to rebuild the layer (`config`), give it the same weights (in the
order of `layer.weights`), call it on the same inputs and compare.
"""

import keras
import numpy as np
import tensorflow as tf

from .common import config_json, rng_for, snapshot, t

L = keras.layers


flatten = keras.tree.flatten


def _random_weight(rng, variable):
    shape = tuple(variable.shape)
    if "variance" in variable.name:
        values = rng.uniform(0.3, 2.0, shape)
    elif not variable.dtype.startswith(("float", "bfloat")):
        return variable.numpy()
    else:
        values = rng.uniform(-1.0, 1.0, shape)
    return np.round(values, 2).astype(variable.numpy().dtype)


def _weights(layer):
    return [
        {"name": v.name, "path": v.path, "trainable": v.trainable, "value": snapshot(v)}
        for v in layer.weights
    ]


def _symbolic(inputs):
    def one(x):
        return keras.KerasTensor((None, *x.shape[1:]), dtype=keras.backend.standardize_dtype(x.dtype))

    return keras.tree.map_structure(one, inputs)


def _is_float(x):
    return x.dtype.is_floating


def _forward(layer, inputs, probe_rng, training, mask, call):
    """Output, losses and the gradients of sum(output * probe), all of one call."""
    # A mask clings to the tensor object, so each call has its own.
    inputs = keras.tree.map_structure(tf.identity, inputs)
    flat = flatten(inputs)
    if mask is not None:
        for x, m in zip(flat, mask):
            keras.src.backend.set_keras_mask(x, m) if m is not None else None
    kwargs = dict(call)
    if training is not None and layer._call_has_training_arg:
        kwargs["training"] = training
    variables = [v.value for v in layer.trainable_weights]
    sources = [x for x in flat if _is_float(x)]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        out = layer(inputs, **kwargs)
        outs = flatten(out)
        probes = [t(np.round(probe_rng.uniform(-1, 1, o.shape), 2)) for o in outs]
        total = tf.add_n([tf.reduce_sum(tf.cast(o, "float32") * p) for o, p in zip(outs, probes)])
        losses = [tf.convert_to_tensor(v) for v in layer.losses]
    differentiable = all(_is_float(o) for o in outs)
    grads = tape.gradient(total, [*sources, *variables]) if differentiable and sources + variables else []
    dense = [None if g is None else tf.convert_to_tensor(g) for g in grads]
    result = {
        "output": out,
        "output_mask": keras.tree.map_structure(keras.src.backend.get_keras_mask, out),
        "losses": losses,
        "probe": probes,
        "input_grads": dense[: len(sources)],
        "weight_grads": dense[len(sources) :],
    }
    if not losses:
        del result["losses"]
    if result["output_mask"] is None:
        del result["output_mask"]
    return result


def case(layer, inputs, *, training=False, deterministic=True, mask=None, call=None, grads=True):
    """One layer, one input. `training=True` records the training call as well."""
    rng = rng_for(f"{layer.name} {[tuple(x.shape) for x in flatten(inputs)]}")
    spec = layer.compute_output_spec(_symbolic(inputs), **(call or {}))
    if not layer.built:
        shapes = [inputs, *((call or {}).get(name) for name in ("value", "key") if name in (call or {}))]
        layer.build(*(keras.tree.map_structure(lambda x: tuple(x.shape), shape) for shape in shapes))
    layer.set_weights([_random_weight(rng, v) for v in layer.weights])
    result = {
        "class_name": type(layer).__name__,
        "config": config_json(layer.get_config()),
        "serialized": config_json(keras.saving.serialize_keras_object(layer)),
        "count_params": layer.count_params(),
        "output_shape": keras.tree.map_structure(lambda s: list(s.shape), spec),
        "output_dtype": keras.tree.map_structure(lambda s: s.dtype, spec),
        "weights": _weights(layer),
        "inputs": inputs,
        "call": call or {},
    }
    if mask is not None:
        result["mask"] = mask
    result["inference"] = _forward(layer, inputs, rng, False, mask, call or {})
    if training and deterministic:
        result["training"] = _forward(layer, inputs, rng, True, mask, call or {})
        state = [v for v in layer.non_trainable_weights]
        if state:
            result["training"]["state_after"] = [snapshot(v) for v in state]
    if not grads:
        for key in ("inference", "training"):
            for gone in ("input_grads", "weight_grads", "probe"):
                result.get(key, {}).pop(gone, None)
    return result


def rng_of(name):
    return rng_for("layers/" + name)
