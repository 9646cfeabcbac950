"""Dtype promotion: the table of keras.backend.result_type and the dtypes that ops give back."""

import keras

from .common import t

DTYPES = [
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "bfloat16",
    "float32", "float64", "complex64",
]  # fmt: skip
REAL = DTYPES[:-1]
PYTHON = {"python bool": bool, "python int": int, "python float": float}
SCALARS = {"python bool": True, "python int": 2, "python float": 2.5}

BINARY = [
    "add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "mod", "power", "maximum",
    "minimum", "arctan2", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal",
    "logical_and", "logical_or", "logical_xor", "bitwise_and", "left_shift", "right_shift", "logaddexp",
    "matmul", "dot", "outer", "inner", "vdot", "where", "concatenate", "stack", "append", "isclose", "cross",
    "hypot", "gcd", "lcm", "correlate",
]  # fmt: skip
UNARY = [
    "absolute", "negative", "sign", "square", "sqrt", "rsqrt", "exp", "expm1", "log", "log1p", "log2",
    "log10", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh",
    "arctanh", "floor", "ceil", "round", "trunc", "reciprocal", "isnan", "isinf", "isfinite", "logical_not",
    "sum", "mean", "prod", "max", "min", "any", "all", "argmax", "argmin", "std", "var", "logsumexp",
    "cumsum", "cumprod", "sort", "argsort", "median", "count_nonzero", "bincount", "relu", "relu6",
    "leaky_relu", "elu", "selu", "gelu", "sigmoid", "hard_sigmoid", "silu", "hard_silu", "softplus",
    "softsign", "softmax", "log_softmax", "log_sigmoid", "celu", "hard_tanh", "hard_shrink", "soft_shrink",
    "tanh_shrink", "threshold", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax", "erf", "norm",
    "normalize", "clip", "tril", "triu", "trace", "diag", "diff", "zeros_like", "ones_like", "one_hot",
    "nan_to_num", "average", "ravel", "angle", "real", "imag", "conj", "isreal", "erfc", "i0", "nanmedian",
    "view_as_real", "view_as_complex", "inv", "det", "pinv", "matrix_rank", "view",
]  # fmt: skip
EXTRA_ARGS = {"clip": [0, 1], "threshold": [0.5, 0.1], "one_hot": [3]}


def result_type():
    names = DTYPES + list(PYTHON)
    cases = []
    for a in names:
        row = {}
        for b in names:
            row[b] = keras.backend.result_type(PYTHON.get(a, a), PYTHON.get(b, b))
        cases.append({"a": a, "with": row})
    return cases


def result_type_many():
    triples = [
        ["int32", "float16", "bfloat16"], ["bool", "uint8", "int8"], ["uint64", "int8"], ["int64", "float16"],
        ["uint32", "int32", "float16"], ["python float", "int64", "bool"], ["python int", "bool"],
        ["python float", "python int"], ["python int", "python int"], ["python float", "bfloat16", "int32"],
        ["float64", "python float", "float32"], ["complex64", "float64"], ["uint8"], ["python float"],
        ["python int"], ["python bool"], [],
    ]  # fmt: skip
    return [
        {"dtypes": d, "result": keras.backend.result_type(*(PYTHON.get(a, a) for a in d))} for d in triples
    ]


def _operand(name, rank):
    if name in SCALARS:
        return SCALARS[name]
    return t({1: [1, 1, 1], 2: [[1, 1], [1, 1]], 3: [[1, 0, 1]]}[rank], name)


def _binary_dtype(op, a, b):
    rank = {"matmul": 2, "dot": 2}.get(op, 1)
    x, y = _operand(a, rank), _operand(b, rank)
    function = getattr(keras.ops, op)
    try:
        if op == "where":
            out = function(t([True, False, True], "bool"), x, y)
        elif op in ("concatenate", "stack"):
            out = function([x, y])
        else:
            out = function(x, y)
    except Exception:
        return None
    return keras.backend.standardize_dtype(out.dtype)


def binary_ops():
    """Result dtypes of two operands; null where Keras on TensorFlow raises."""
    names = DTYPES + list(PYTHON)
    cases = []
    for op in BINARY:
        for a in names:
            row = {b: _binary_dtype(op, a, b) for b in names if not (a in PYTHON and b in PYTHON)}
            cases.append({"op": op, "a": a, "with": row})
    return cases


def _unary_dtype(op, dtype):
    x = t([[1, 0], [1, 1]], dtype)
    if op == "bincount":
        x = t([1, 0, 1], dtype)
    if op == "arccosh":
        x = t([1, 1], dtype)
    try:
        out = getattr(keras.ops, op)(x, *EXTRA_ARGS.get(op, []))
    except Exception:
        return None
    return keras.backend.standardize_dtype(out.dtype)


def unary_ops():
    """Result dtypes of one operand; null where Keras on TensorFlow raises."""
    return [
        {"op": op, "args": EXTRA_ARGS.get(op, []), "outputs": {d: _unary_dtype(op, d) for d in DTYPES}}
        for op in UNARY
    ]


FAMILIES = {
    "result_type": result_type,
    "result_type_many": result_type_many,
    "binary_ops": binary_ops,
    "unary_ops": unary_ops,
}
