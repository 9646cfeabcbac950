"""keras.utils: labels, vectors, sequences and datasets; further ones in utils_images, utils_plots, utils_datasets and utils_directories."""

import keras
import numpy as np

from . import utils_datasets, utils_directories, utils_images, utils_plots
from .common import rng_for

U = keras.utils


def to_categorical():
    calls = [
        ([0, 2, 1], {}),
        ([0, 2, 1], {"num_classes": 5}),
        ([[1], [0]], {}),
        ([[1, 0], [2, 2]], {}),
        ([3.0, 1.0], {}),
    ]
    return [{"x": x, "kwargs": k, "result": U.to_categorical(x, **k).astype("float32")} for x, k in calls]


def normalize():
    x = np.round(rng_for("utils/normalize").uniform(-2, 2, (3, 4)), 2)
    x[1] = 0
    # With axis=0 Keras's own function divides by the norms of another axis.
    calls = [{}, {"order": 1}, {"order": np.inf}, {"order": 3}, {"axis": 1}]
    return [{"x": x, "kwargs": k, "result": U.normalize(x, **k)} for k in calls]


def pad_sequences():
    plain = [[1], [2, 3], [], [4, 5, 6, 7]]
    rows = [[[1, 2], [3, 4]], [[5, 6]]]
    calls = [
        (plain, {}),
        (plain, {"maxlen": 2}),
        (plain, {"maxlen": 2, "truncating": "post"}),
        (plain, {"maxlen": 6, "padding": "post", "value": -1}),
        (plain, {"padding": "post", "dtype": "float32", "value": 0.5}),
        (plain, {"dtype": "int64"}),
        (rows, {}),
        (rows, {"maxlen": 3, "padding": "post", "dtype": "float32"}),
        ([[0.5, 1.7]], {}),
    ]
    return [{"sequences": s, "kwargs": k, "result": U.pad_sequences(s, **k)} for s, k in calls]


def _elements(dataset):
    return [[np.asarray(part) for part in e] if isinstance(e, tuple) else np.asarray(e) for e in dataset]


def split_dataset():
    x = np.arange(14, dtype="float32").reshape(7, 2)
    y = np.arange(7, dtype="int32")
    calls = [
        {"left_size": 0.5},
        {"left_size": 5},
        {"right_size": 2},
        {"right_size": 0.3},
        {"left_size": 2, "right_size": 3},
        {"left_size": 0.4, "right_size": 0.4},
        {"left_size": 4, "shuffle": True, "seed": 3},
        {"right_size": 0.25, "shuffle": True, "seed": 17},
    ]
    cases = []
    for kwargs in calls:
        left, right = U.split_dataset(x, **kwargs)
        cases.append({"kwargs": kwargs, "pair": False, "left": _elements(left), "right": _elements(right)})
        left, right = U.split_dataset((x, y), **kwargs)
        cases.append({"kwargs": kwargs, "pair": True, "left": _elements(left), "right": _elements(right)})
    return cases, {"x": x, "y": y}


def timeseries():
    data = np.arange(24, dtype="float32").reshape(12, 2)
    targets = np.arange(100, 112, dtype="int32")
    calls = [
        {"sequence_length": 4},
        {"sequence_length": 3, "sequence_stride": 2},
        {"sequence_length": 3, "sampling_rate": 3},
        {"sequence_length": 2, "batch_size": 3},
        {"sequence_length": 2, "sequence_stride": 3, "sampling_rate": 2, "batch_size": None},
        {"sequence_length": 3, "start_index": 2, "end_index": 10},
        {"sequence_length": 3, "start_index": 4, "batch_size": 2},
    ]
    cases = []
    for kwargs in calls:
        for given in (None, targets, targets[:5]):
            # With fewer targets than steps and a start_index, Keras looks for targets behind the last.
            if "start_index" in kwargs and given is not None and len(given) < len(data):
                continue
            dataset = U.timeseries_dataset_from_array(data, given, **kwargs)
            cases.append({"kwargs": kwargs, "targets": given, "elements": _elements(dataset)})
    return cases, {"data": data}


FAMILIES = {
    "to_categorical": to_categorical,
    "normalize": normalize,
    "pad_sequences": pad_sequences,
    "split_dataset": split_dataset,
    "timeseries": timeseries,
    "bounding_boxes": utils_images.bounding_boxes,
    "images": utils_images.images,
    "plots": utils_plots.plots,
    "datasets": utils_datasets.datasets,
    "numpy_files": utils_datasets.numpy_files,
    "directories": utils_directories.directories,
}
