"""Every initializer: values for a seed, config, and the form in which it is saved."""

import keras

from .common import config_json

SHAPES = [[3, 4], [5], [2, 3, 4], [3, 3, 2, 4], [1, 1]]


def _case(make, shapes, dtypes=(None,), label=None):
    initializer = make()
    outputs = []
    for shape in shapes:
        for dtype in dtypes:
            outputs.append({"shape": shape, "dtype": dtype, "value": initializer(shape, dtype=dtype)})
    config = config_json(initializer.get_config())
    return {
        "class_name": type(initializer).__name__,
        "label": label,
        "config": config,
        "serialized": config_json(keras.saving.serialize_keras_object(initializer)),
        "outputs": outputs,
    }


def _family(cls, configs, shapes=None, dtypes=(None,)):
    def generate():
        cases = [_case(lambda: cls(**c), shapes or SHAPES, dtypes) for c in configs]
        if configs and "seed" in configs[0]:
            # An integer seed gives the same values on every call, a SeedGenerator does not.
            initializer = cls(**{**configs[0], "seed": keras.random.SeedGenerator(11)})
            case = {
                "class_name": cls.__name__,
                "seed_generator": 11,
                "config": {k: v for k, v in configs[0].items() if k != "seed"},
                "outputs": [{"shape": [3, 2], "dtype": None, "value": initializer([3, 2])} for _ in range(3)],
            }
            cases.append(case)
        return cases

    return generate


I = keras.initializers


def variance_scaling():
    cases = []
    for mode in ("fan_in", "fan_out", "fan_avg"):
        for distribution in ("uniform", "truncated_normal", "untruncated_normal", "normal"):
            make = lambda: I.VarianceScaling(scale=1.7, mode=mode, distribution=distribution, seed=3)
            cases.append(_case(make, [[3, 4], [5], [2, 3, 4]]))
    cases.append(
        _case(lambda: I.VarianceScaling(seed=2**32 - 1), SHAPES, (None, "float16", "bfloat16", "float64"))
    )
    cases.append(_case(lambda: I.VarianceScaling(seed=4, input_axes=[0, 1], output_axes=[2]), [[2, 3, 4]]))
    return cases


def identifiers():
    """What initializers.get makes of names; null where Keras raises."""
    cases = []
    names = [
        "zeros",
        "ones",
        "glorot_uniform",
        "GlorotUniform",
        "he_normal",
        "lecun_uniform",
        "orthogonal",
        "identity",
        "random_normal",
        "RandomUniform",
        "truncated_normal",
        "variance_scaling",
        "constant",
        "glorotuniform",
        "uniform",
        "normal",
        "IdentityInitializer",
        "OrthogonalInitializer",
        "eye",
        "one",
    ]
    for name in names:
        try:
            found = I.get(name)
            cases.append({"identifier": name, "class_name": type(found).__name__})
        except (ValueError, KeyError):
            cases.append({"identifier": name, "class_name": None})
    return cases


def stft():
    """Every window of SciPy without parameters, on even and odd sizes."""
    windows = (
        "barthann bartlett blackman blackmanharris bohman boxcar cosine exponential flattop hamming hann lanczos nuttall "
        "parzen taylor triang tukey"
    ).split()
    cases = [
        _case(lambda: I.STFT(window=name, periodic=periodic, scaling=None), [[6, 1, 2], [7, 1, 2]])
        for name in windows
        for periodic in (False, True)
    ]
    for side in ("real", "imag"):
        for scaling in ("density", "spectrum"):
            cases.append(_case(lambda: I.STFT(side, scaling=scaling), [[8, 1, 5], [5, 1, 3]], (None, "float64")))
        cases.append(_case(lambda: I.STFT(side, window=None), [[4, 1, 3], [1, 1, 2]], (None, "float64")))
        cases.append(_case(lambda: I.STFT(side, window=[0.5, 1.0, 0.25]), [[3, 1, 4]]))
    cases.append(_case(lambda: I.STFT(), [[8, 1, 5]], ("float16", "bfloat16")))
    return cases


SEEDED = [{"seed": 42}, {"seed": 0}]

FAMILIES = {
    "constant": _family(
        I.Constant, [{}, {"value": 2.5}, {"value": -1}], [[2, 3], [], [0, 2]], (None, "int32", "float16")
    ),
    "zeros": _family(I.Zeros, [{}], [[2, 3], []], (None, "int32", "bool", "bfloat16")),
    "ones": _family(I.Ones, [{}], [[2, 3], []], (None, "int64", "bool", "float16")),
    "identity": _family(I.Identity, [{}, {"gain": 0.3}], [[3, 3], [2, 4], [4, 2]], (None, "float64")),
    "random_normal": _family(
        I.RandomNormal, [{"seed": 42}, {"mean": 1.0, "stddev": 0.2, "seed": 7}], dtypes=(None, "float16")
    ),
    "truncated_normal": _family(
        I.TruncatedNormal, [{"seed": 42}, {"mean": 1.0, "stddev": 0.2, "seed": 7}], dtypes=(None, "bfloat16")
    ),
    "random_uniform": _family(
        I.RandomUniform, [{"seed": 42}, {"minval": -1.0, "maxval": 3.0, "seed": 7}], dtypes=(None, "float64")
    ),
    "glorot_uniform": _family(I.GlorotUniform, SEEDED),
    "glorot_normal": _family(I.GlorotNormal, SEEDED),
    "he_uniform": _family(I.HeUniform, SEEDED),
    "he_normal": _family(I.HeNormal, SEEDED),
    "lecun_uniform": _family(I.LecunUniform, SEEDED),
    "lecun_normal": _family(I.LecunNormal, SEEDED),
    "orthogonal": _family(
        I.Orthogonal, [{"seed": 42}, {"gain": 0.5, "seed": 1}], [[3, 3], [4, 2], [2, 4], [2, 2, 3], [1, 3]]
    ),
    "stft": stft,
    "variance_scaling": variance_scaling,
    "identifiers": identifiers,
}
