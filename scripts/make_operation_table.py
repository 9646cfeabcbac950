"""Writes src/saving/operation-table.ts: which class of Keras's stands for an op in a saved functional graph.

Run with Python Keras installed: python scripts/make_operation_table.py

Keras's public ops make an operation of their settings and call it on their operands, as in
`Sum(axis=axis, keepdims=keepdims).symbolic_call(x)`. The table says for every op which class that is, which of its
arguments are settings, and which are operands. Only names and their order are taken from the source.
"""

import ast
import importlib.util
from pathlib import Path

ROOT = Path(importlib.util.find_spec("keras").origin).parent / "src" / "ops"
TARGET = Path(__file__).resolve().parent.parent / "src" / "saving" / "operation-table.ts"
HEAD = """\
/**
 * Which class of Keras's stands for an op in a saved graph. Made by scripts/make_operation_table.py; do not edit.
 *
 * `sum: 'numpy Sum x =axis =keepdims'` reads: class `keras.src.ops.numpy.Sum`; of the op's arguments, in this order,
 * `x` is an operand, `axis` and `keepdims` are settings of the class. `?mask` is an operand given by name, `*operands`
 * stands for any number of operands, `**lengths` for an object whose fields are given by name.
 */
export const OPERATION_TABLE: Readonly<Record<string, string>> = {
"""


def exported_name(function):
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "keras_export":
            paths = ast.literal_eval(decorator.args[0])
            for path in [paths] if isinstance(paths, str) else paths:
                if path.startswith("keras.ops."):
                    return path.rsplit(".", 1)[1]
    return None


def parameters(function):
    arguments = function.args
    names = [a.arg for a in arguments.posonlyargs + arguments.args]
    if arguments.vararg:
        names.append("*" + arguments.vararg.arg)
    return names + [a.arg for a in arguments.kwonlyargs]


def constructor_parameters(cls, classes):
    for method in cls.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            return parameters(method)[1:]
    bases = [classes[b.id] for b in cls.bases if getattr(b, "id", None) in classes]
    return constructor_parameters(bases[0], classes) if bases else []


def find_call(function, classes):
    """The class, its constructor's arguments and those of the call on symbolic tensors."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        made = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "symbolic_call" else node.func
        if isinstance(made, ast.Call) and getattr(made.func, "id", None) in classes:
            return made.func.id, made, node
    return None


def entry(function, classes, module):
    found = find_call(function, classes)
    if not found:
        return None
    name, made, call = found
    own = constructor_parameters(classes[name], classes)
    settings = {ast.unparse(value): own[i] for i, value in enumerate(made.args) if i < len(own)}
    settings |= {ast.unparse(k.value): k.arg for k in made.keywords if k.arg}
    operands = {ast.unparse(value): "" for value in call.args}
    operands |= {ast.unparse(k.value): "?" for k in call.keywords if k.arg}
    words = []
    for parameter in parameters(function):
        if settings.get(parameter) == parameter:
            words.append("=" + parameter)
        elif parameter in operands:
            words.append(operands[parameter] + parameter)
        else:
            raise ValueError(f"{module}.{name}: what becomes of {parameter} cannot be told in this form")
    # Names that a function leaves open go on to the operation, or were settled before. (einsum's are none of the call.)
    given = {ast.unparse(k.value) for k in call.keywords if k.arg is None}
    if function.args.kwarg and function.args.kwarg.arg in given and not function.args.vararg:
        words.append("**" + function.args.kwarg.arg)
    return f"{module} {name} {' '.join(words)}"


def main():
    table = {}
    for path in sorted(ROOT.glob("*.py")):
        if path.name.endswith("_test.py"):
            continue
        tree = ast.parse(path.read_text())
        classes = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef)}
        for function in tree.body:
            name = isinstance(function, ast.FunctionDef) and exported_name(function)
            if name and name not in table:
                found = entry(function, classes, path.stem)
                if found:
                    table[name] = found
    rows = "".join(f"  {name}: '{row}',\n" for name, row in sorted(table.items()))
    TARGET.write_text(f"{HEAD}{rows}}};\n")


if __name__ == "__main__":
    main()
