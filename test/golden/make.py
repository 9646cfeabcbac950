"""Computes the golden files with Python Keras on TensorFlow.

    python test/golden/make.py                     every family
    python test/golden/make.py random layers       the families of these areas
    python test/golden/make.py layers/dense        one family

Needs the packages of requirements.txt. See README.md beside this file.
"""

import atexit
import importlib
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# model.summary() is as wide as the terminal allows.
os.environ["COLUMNS"] = "80"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
# A configuration file of the person who runs this must not change the numbers.
KERAS_HOME = tempfile.mkdtemp(prefix="keras-home-")
atexit.register(shutil.rmtree, KERAS_HOME, ignore_errors=True)
os.environ["KERAS_HOME"] = KERAS_HOME
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

AREAS = [
    "random",
    "initializers",
    "dtypes",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "models",
    "callbacks",
    "utils",
    "digits",
    "saved",
    "exported",
    "legacy",
    "ops",
    "gradients",
    "symbolic",
    "tree",
    "control",
    "applications",
]


def main(wanted):
    import keras

    from generators.common import write_family

    known = {}
    areas = [a for a in AREAS if not wanted or any(w.split("/")[0] == a for w in wanted)]
    for area in areas:
        module = importlib.import_module(f"generators.{area}_goldens")
        for family, generate in module.FAMILIES.items():
            known[f"{area}/{family}"] = generate
    chosen = [name for name in known if not wanted or name in wanted or name.split("/")[0] in wanted]
    unknown = [w for w in wanted if w not in known and w not in AREAS]
    if unknown:
        sys.exit(f"No such family: {', '.join(unknown)}. Known: {', '.join(known)}")
    failed = []
    for name in chosen:
        area, family = name.split("/")
        keras.backend.clear_session()
        keras.utils.set_random_seed(1337)
        try:
            result = known[name]()
            if result is not None:
                cases, extra = result if isinstance(result, tuple) else (result, None)
                write_family(area, family, cases, extra)
        except Exception:
            traceback.print_exc()
            failed.append(name)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
