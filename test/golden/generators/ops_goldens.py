"""keras.ops: outputs of the calls in the tables ops_elementwise, ops_reductions, ops_arrays, ops_numpy, ops_nn,
ops_sequence and ops_vision."""

import keras

from . import (
    ops_arrays, ops_elementwise, ops_linalg, ops_nn, ops_numpy, ops_reductions, ops_rest, ops_sequence, ops_vision,
)  # fmt: skip
from .ops_elementwise import MAYBE


def function_of(op):
    found = keras.ops
    for part in op.split("."):
        found = getattr(found, part)
    return found


def call(op, args, kwargs):
    """The op itself, with what JSON cannot say put right: a list as a key of get_item is Python's tuple."""
    kwargs = dict(kwargs)
    if op == "get_item" and kwargs.pop("key_is_tuple"):
        args = [args[0], tuple(args[1])]
    return function_of(op)(*args, **kwargs)


def rows_of(table):
    """(op, args, kwargs, maybe) of every row of a table."""
    for op, args, kwargs in table():
        maybe = MAYBE in kwargs
        yield op, args, {k: v for k, v in kwargs.items() if k != MAYBE}, maybe


def _outputs(out):
    """A list of results as it is; a shape (a tuple of plain integers) or one tensor as the only result."""
    if isinstance(out, (list, tuple)) and any(hasattr(o, "dtype") for o in out):
        return list(out)
    return [out]


def _family(table):
    def generate():
        cases = []
        for op, args, kwargs, maybe in rows_of(table):
            try:
                outputs = _outputs(call(op, args, kwargs))
            except Exception as error:
                if maybe:
                    continue
                raise RuntimeError(f"{op} {args} {kwargs}") from error
            case = {
                "op": op,
                "args": args,
                "kwargs": {k: v for k, v in kwargs.items() if k != "key_is_tuple"},
                "outputs": outputs,
            }
            if "key_is_tuple" in kwargs:
                case["key_is_tuple"] = kwargs["key_is_tuple"]
            cases.append(case)
        return cases

    return generate


TABLES = {
    "unary": ops_elementwise.unary,
    "activations": ops_elementwise.activations,
    "binary": ops_elementwise.binary,
    "comparison": ops_elementwise.comparison,
    "choosing": ops_elementwise.choosing,
    "reductions": ops_reductions.reductions,
    "norms": ops_reductions.norms,
    "ordering": ops_reductions.ordering,
    "shapes": ops_arrays.shapes,
    "indexing": ops_arrays.indexing,
    "creation": ops_arrays.creation,
    "products": ops_arrays.products,
    "einsum": ops_arrays.einsum,
    "rest": ops_rest.rest,
    "linalg": ops_linalg.linalg,
    "fourier": ops_linalg.fourier,
    "signals": ops_linalg.signals,
    "complex_numbers": ops_linalg.complex_numbers,
    "numpy_elementwise": ops_numpy.numpy_elementwise,
    "numpy_statistics": ops_numpy.numpy_statistics,
    "numpy_arrays": ops_numpy.numpy_arrays,
    "cross_entropies": ops_nn.cross_entropies,
    "convolution": ops_nn.convolution,
    "pooling": ops_nn.pooling,
    "normalization": ops_nn.normalization,
    "image_resize": ops_nn.image_resize,
    "attention": ops_sequence.attention,
    "ctc": ops_sequence.ctc,
    "folding": ops_vision.folding,
    "image": ops_vision.image,
    "image_sampling": ops_vision.image_sampling,
}

FAMILIES = {name: _family(table) for name, table in TABLES.items()}
