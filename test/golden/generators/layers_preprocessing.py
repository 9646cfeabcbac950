"""Layers that prepare data."""

import keras
import numpy as np

from .common import config_json, rand, randint, t
from .layers_case import L, case, rng_of


def rescaling():
    rng = rng_of("rescaling")
    x = rand(rng, (2, 3, 4))
    return [
        case(L.Rescaling(0.5), x),
        case(L.Rescaling(1 / 127.5, offset=-1), x),
        case(L.Rescaling([1.0, 2.0, 0.5, -1.0], [0.0, 1.0, 2.0, 3.0]), x),
        case(L.Rescaling(1 / 255), randint(rng, (2, 3), 0, 255, "uint8")),
        case(L.Rescaling(2.0, dtype="float16"), rand(rng, (2, 3))),
    ]


def normalization():
    rng = rng_of("normalization")
    x = rand(rng, (2, 3, 4))
    mean, variance = [0.5, 1.0, -1.0, 2.0], [1.0, 4.0, 0.25, 2.0]
    return [
        case(L.Normalization(mean=0.5, variance=2.0), x),
        case(L.Normalization(mean=mean, variance=variance), x),
        case(L.Normalization(mean=mean, variance=variance, invert=True), x),
        case(L.Normalization(axis=1, mean=[1.0, 2.0, 3.0], variance=[1.0, 0.0, 4.0]), x),
        case(L.Normalization(axis=(1, 2), mean=mean, variance=variance), x),
        case(L.Normalization(axis=None, mean=3.0, variance=4.0), x),
        case(L.Normalization(mean=mean, variance=variance), randint(rng, (2, 4), 0, 9)),
        case(L.Normalization(mean=mean, variance=variance), rand(rng, (2, 2, 4)), mask=[t([[1, 0], [1, 1]], "bool")]),
    ]


def normalization_adapt():
    """After adapt: from one array, and from batches of unequal size."""
    rng = rng_of("normalization_adapt")
    cases = []
    for axis, shape in [(-1, (6, 3)), (None, (6, 3)), (1, (4, 2, 3)), ((1, 2), (4, 2, 3)), ([-1, -2], (4, 2, 3))]:
        data = rand(rng, shape)
        probe = rand(rng, (2, *shape[1:]))
        for batches in ([shape[0]], [1, shape[0] - 1]):
            layer = L.Normalization(axis=axis)
            parts = np.split(data.numpy(), np.cumsum(batches)[:-1])
            layer.adapt(data.numpy() if len(parts) == 1 else parts)
            cases.append(
                {
                    "axis": list(axis) if isinstance(axis, tuple) else axis,
                    "data": data,
                    "batches": batches,
                    "input": probe,
                    "mean": t(layer.adapt_mean.numpy()),
                    "variance": t(layer.adapt_variance.numpy()),
                    "output": layer(probe),
                    "config": config_json(layer.get_config()),
                }
            )
    return cases


def resizing():
    rng = rng_of("resizing")
    x = rand(rng, (2, 5, 4, 2))
    return [
        case(L.Resizing(3, 6), x, grads=False),
        case(L.Resizing(7, 2, interpolation="nearest"), x, grads=False),
        case(L.Resizing(3, 3, interpolation="bicubic", antialias=True), x, grads=False),
        case(L.Resizing(3, 6, crop_to_aspect_ratio=True), x, grads=False),
        case(L.Resizing(4, 7, pad_to_aspect_ratio=True, fill_value=0.5), x, grads=False),
        case(L.Resizing(2, 3, data_format="channels_first"), x, grads=False),
        case(L.Resizing(4, 3), randint(rng, (1, 3, 5, 1), 0, 255, "uint8"), grads=False),
    ]


def center_crop():
    rng = rng_of("center_crop")
    x = rand(rng, (2, 6, 5, 2))
    return [
        case(L.CenterCrop(3, 2), x, grads=False),
        case(L.CenterCrop(6, 5), x, grads=False),
        case(L.CenterCrop(8, 3), x, grads=False),
        case(L.CenterCrop(9, 10), x, grads=False),
        case(L.CenterCrop(3, 1, data_format="channels_first"), x, grads=False),
        case(L.CenterCrop(2, 2), randint(rng, (1, 3, 5, 1), 0, 255, "uint8"), grads=False),
    ]


def image_labels():
    """Images with boxes, masks and labels; a batch, and a single image."""
    rng = rng_of("image_labels")
    cases = []
    batch = {
        "images": rand(rng, (2, 6, 8, 1)),
        "segmentation_masks": t(rng.integers(0, 4, (2, 6, 8, 1))),
        "labels": t([1, 3], "int32"),
        "bounding_boxes": {
            "boxes": t([[[1, 1, 5, 4], [0, 0, 8, 6], [-1, -1, -1, -1]], [[6, 4, 8, 6], [2, 3, 3, 5], [0, 0, 0, 0]]]),
            "labels": t([[0, 1, -1], [2, 3, -1]], "int32"),
        },
    }
    single = keras.tree.map_structure(lambda x: x[0], batch)
    layers = [
        L.Resizing(3, 4, bounding_box_format="xyxy"),
        L.Resizing(4, 3, bounding_box_format="rel_xyxy"),
        L.Resizing(3, 8, crop_to_aspect_ratio=True, bounding_box_format="xyxy"),
        L.Resizing(8, 6, pad_to_aspect_ratio=True, bounding_box_format="xywh"),
        L.CenterCrop(3, 4, bounding_box_format="xyxy"),
        L.CenterCrop(4, 2, bounding_box_format="xywh"),
        L.CenterCrop(10, 4, bounding_box_format="xyxy"),
    ]
    for layer in layers:
        for data in (batch, single):
            given = keras.tree.map_structure(lambda x: x, data)
            cases.append(
                {
                    "class_name": type(layer).__name__,
                    "config": config_json(layer.get_config()),
                    "bounding_box_format": layer.bounding_box_format,
                    "inputs": data,
                    "outputs": layer(given),
                }
            )
    return cases


def category_encoding():
    rng = rng_of("category_encoding")
    x = randint(rng, (3, 4), 0, 5)
    return [
        case(L.CategoryEncoding(5), x),
        case(L.CategoryEncoding(6, output_mode="count"), x),
        case(L.CategoryEncoding(5, output_mode="one_hot"), x),
        case(L.CategoryEncoding(5, output_mode="one_hot"), randint(rng, (3, 1), 0, 5)),
        case(L.CategoryEncoding(5, output_mode="count"), x, call={"count_weights": rand(rng, (3, 4))}),
        case(L.CategoryEncoding(5, output_mode="multi_hot"), randint(rng, (2, 1), 0, 5)),
    ]


def discretization():
    rng = rng_of("discretization")
    x = t([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, -0.0]])
    bounds = [0.0, 1.0, 2.0]
    return [
        case(L.Discretization(bin_boundaries=bounds), x, grads=False),
        case(L.Discretization(bin_boundaries=bounds, output_mode="one_hot"), x, grads=False),
        case(L.Discretization(bin_boundaries=bounds, output_mode="multi_hot"), x, grads=False),
        case(L.Discretization(bin_boundaries=bounds, output_mode="count"), x, grads=False),
        case(L.Discretization(bin_boundaries=bounds), randint(rng, (2, 3), -2, 4), grads=False),
    ]


def discretization_adapt():
    rng = rng_of("discretization_adapt")
    cases = []
    for num_bins, epsilon, sizes in [(4, 0.01, [20]), (3, 0.1, [50]), (5, 0.05, [200, 30, 70]), (4, 0.01, [500, 250])]:
        batches = [rand(rng, (n, 1), -5, 5, decimals=3) for n in sizes]
        layer = L.Discretization(num_bins=num_bins, epsilon=epsilon)
        layer.adapt(batches[0].numpy() if len(batches) == 1 else iter([b.numpy() for b in batches]))
        cases.append(
            {
                "num_bins": num_bins,
                "epsilon": epsilon,
                "batches": batches,
                "bin_boundaries": layer.bin_boundaries,
                "config": config_json(layer.get_config()),
            }
        )
    return cases


FAMILIES = {
    "rescaling": rescaling,
    "normalization": normalization,
    "normalization_adapt": normalization_adapt,
    "resizing": resizing,
    "center_crop": center_crop,
    "image_labels": image_labels,
    "category_encoding": category_encoding,
    "discretization": discretization,
    "discretization_adapt": discretization_adapt,
}
