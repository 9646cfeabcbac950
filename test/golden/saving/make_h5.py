"""Writes HDF5 files with every storage form a Keras weights file may hold, for the tests of src/saving/h5.

Run: python make_h5.py      Writes *.h5 beside this file and h5.json with the expected values.
"""

import json
import os

import h5py
import ml_dtypes
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NUMERIC = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
]


def fill_numeric(group):
    """One dataset for every dtype, with the extreme values that 64-bit integers must keep."""
    fill_common(group)
    group["bool"] = np.array([True, False, True])
    group["complex64"] = np.array([1 + 2j, -3.5j], "complex64")


def fill_common(group):
    for name in NUMERIC:
        dtype = np.dtype(name)
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            values = np.array([[info.min, info.max, 0], [1, 2, 3]], dtype)
        else:
            values = np.array([[-1.5, 0.25, 65504.0], [np.inf, -0.0, 1e-7]], dtype)
        group[name] = values
    bfloat16 = group.create_dataset("bfloat16", data=np.array([1.0, -2.5, 3e38], ml_dtypes.bfloat16))
    bfloat16.attrs["dtype"] = "bfloat16"
    group["scalar"] = np.float32(4.5)
    group["scalar_int64"] = np.int64(2**53 + 1)
    group["empty"] = np.zeros((0, 3), "float32")
    group["rank5"] = np.arange(32, dtype="float32").reshape(2, 2, 2, 2, 2)


def fill_strings(group):
    group["variable"] = np.array(["a", "", "größer 日本"], dtype=h5py.string_dtype("utf-8"))
    group["ascii_variable"] = np.array([b"x", b"yz"], dtype=h5py.string_dtype("ascii"))
    group["fixed"] = np.array([b"abc", b"de", b""], dtype="S3")
    group["scalar"] = "one string"


def fill_attributes(group):
    fill_common_attributes(group)
    group.attrs["flag"] = True
    group.attrs["nothing"] = h5py.Empty("f")


def fill_common_attributes(group):
    group.attrs["text"] = "plain"
    group.attrs["unicode"] = "größer 日本"
    group.attrs["long"] = "x" * 20000
    group.attrs["names"] = np.array([b"dense/kernel:0", b"dense/bias:0"])
    group.attrs["variable_names"] = ["first", "zweite ß"]
    group.attrs["number"] = 3
    group.attrs["float"] = 0.5
    group.attrs["vector"] = np.array([1, 2, 3], "int64")


def fill_tree(group, count):
    for i in range(count):
        group.create_group(f"item_{i}")["0"] = np.float32([i])


def main():
    def path(name):
        return os.path.join(HERE, name)

    # The layout that h5py writes by default, and so Keras.
    with h5py.File(path("h5_classic.h5"), "w") as f:
        fill_numeric(f.create_group("numeric"))
        fill_strings(f.create_group("strings"))
        fill_attributes(f.create_group("attributes"))
        nested = f.create_group("a/b/c/d")
        nested["0"] = np.float32([1, 2])

    # Of that, what weights files of Keras have.
    with h5py.File(path("h5_keras.h5"), "w") as f:
        fill_common(f.create_group("numeric"))
        fill_strings(f.create_group("strings"))
        fill_common_attributes(f.create_group("attributes"))
        f.create_group("a/b/c/d")["0"] = np.float32([1, 2])

    # Groups wide enough to need several levels of B-tree.
    with h5py.File(path("h5_wide.h5"), "w") as f:
        many = f.create_group("many")
        targets = [f.create_dataset(f"target_{i}", data=np.float32([i])) for i in range(2)]
        for i in range(1200):
            many[f"item_{i}"] = targets[i % 2]

    # The newest file format: version 3 superblock, dense links and attributes.
    with h5py.File(path("h5_latest.h5"), "w", libver="latest") as f:
        fill_numeric(f.create_group("numeric"))
        fill_strings(f.create_group("strings"))
        fill_attributes(f.create_group("attributes"))
        many = f.create_group("attributes_many")
        for i in range(40):
            many.attrs[f"attribute_{i}"] = i
        fill_tree(f.create_group("many"), 60)

    with h5py.File(path("h5_ordered.h5"), "w", track_order=True) as f:
        group = f.create_group("g", track_order=True)
        for i in [3, 1, 2]:
            group[str(i)] = np.float32([i])

    # Chunks, filters, byte orders and compact storage.
    data = np.arange(600, dtype="float32").reshape(20, 30)
    with h5py.File(path("h5_filters.h5"), "w") as f:
        f.create_dataset("chunked", data=data, chunks=(7, 11))
        f.create_dataset("gzip", data=data, chunks=(7, 11), compression="gzip")
        f.create_dataset("gzip_shuffle", data=data, chunks=(20, 30), compression="gzip", shuffle=True)
        f.create_dataset("fletcher32", data=data, chunks=(10, 10), fletcher32=True)
        f.create_dataset("big_endian", data=data.astype(">f4"))
        f.create_dataset("big_endian_int", data=np.array([1, -2, 3], ">i8"))
        f.create_dataset("big_endian_half", data=np.array([1, -2, 3], ">f2"))
        f.create_dataset("unwritten", shape=(3,), dtype="float32")
        f.create_dataset("filled", shape=(3,), dtype="float32", fillvalue=7)
        f.create_dataset("int64_gzip", data=np.array([2**53 + 1, -1]), compression="gzip")
        space = h5py.h5s.create_simple((4,))
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(h5py.h5d.COMPACT)
        compact = h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, space, properties)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.float32([1, 2, 3, 4]))

    # What a weights file has no business to hold.
    with h5py.File(path("h5_forbidden.h5"), "w") as f:
        f["real"] = np.float32([1])
        f["soft"] = h5py.SoftLink("/real")
        f["dangling"] = h5py.SoftLink("/nowhere")
        f["external"] = h5py.ExternalLink("other.h5", "/x")
        f["compound"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
        f["ragged"] = np.array([np.int32([1, 2]), np.int32([3])], dtype=h5py.vlen_dtype("int32"))
    with h5py.File(path("h5_loop.h5"), "w") as f:
        f.create_group("loop")["again"] = f["/"]
    with h5py.File(path("h5_virtual.h5"), "w") as f:
        layout = h5py.VirtualLayout(shape=(1,), dtype="float32")
        layout[:] = h5py.VirtualSource("other.h5", "x", shape=(1,))
        f.create_virtual_dataset("values", layout)
    with h5py.File(path("h5_external_data.h5"), "w") as f:
        f.create_dataset("values", (4,), "float32", external=[("other.bin", 0, 16)])
    # Almost nothing on disk, 4 TB when read.
    with h5py.File(path("h5_bomb.h5"), "w") as f:
        f.create_dataset("bomb", (10**6, 10**6), "float32", chunks=(1000, 1000), compression="gzip")

    files = ["h5_classic", "h5_keras", "h5_wide", "h5_latest", "h5_ordered", "h5_filters"]
    expected = {name: describe(path(f"{name}.h5")) for name in files}
    expected["versions"] = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "numpy": np.__version__}
    with open(path("h5.json"), "w") as f:
        json.dump(expected, f, separators=(",", ":"))


def plain(value):
    """An attribute's value as JSON holds it."""
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


def describe(filename):
    """Shape, dtype and little-endian bytes (or strings) of every dataset, and all attributes."""
    datasets, attributes = {}, {}

    def visit(name, node):
        if node.attrs:
            attributes[name] = {k: plain(v) for k, v in node.attrs.items()}
        if not isinstance(node, h5py.Dataset):
            return
        entry = {"shape": list(node.shape), "dtype": node.dtype.name}
        if h5py.check_string_dtype(node.dtype):
            entry["dtype"] = "string"
            values = np.atleast_1d(np.asarray(node[()], dtype=object)).tolist()
            entry["strings"] = [v.decode() if isinstance(v, bytes) else v for v in values]
        else:
            if node.attrs.get("dtype") == "bfloat16":
                entry["dtype"] = "bfloat16"
            value = np.asarray(node[()])
            entry["bytes"] = value.astype(value.dtype.newbyteorder("<")).tobytes().hex()
        datasets[name] = entry

    with h5py.File(filename, "r") as f:
        f.visititems(visit)
    return {"datasets": datasets, "attributes": attributes}


if __name__ == "__main__":
    main()
