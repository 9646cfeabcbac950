"""keras.tree on lists and dicts (JavaScript has no tuples): results, or whether Keras refuses."""

from keras import tree

FUNCTIONS = {
    "square": lambda v: v**2,
    "multiply": lambda a, b: a * b,
    "sum3": lambda a, b, c: a + b + c,
    "or_zero": lambda v: 0 if v is None else v + 1,
    "length": lambda v: len(v),
    "stay": lambda v: None,
    "drop_lists_of_two": lambda v: "pair" if isinstance(v, list) and len(v) == 2 else None,
    "double_numbers": lambda v: v * 2 if isinstance(v, int) else None,
    "none_for_two": lambda v: tree.MAP_TO_NONE if v == 2 else None,
    "rank": lambda shape: len(shape),
}

NESTED = [[1, 2, 3], [4, [5], [[6]]]]
MIXED = {"b": [1, {"d": 2, "c": 3}], "a": 4, "e": []}

ROWS = [
    *(("is_nested", [s], {}) for s in (1, None, "text", [], {}, [1], {"a": 1})),
    *(("flatten", [s], {}) for s in (1, None, [], {}, [None], NESTED, MIXED, {"b": None, "a": [None]}, [[[]]])),
    *(("flatten_with_path", [s], {}) for s in (1, [], NESTED, MIXED, {"b": None, "a": [None]})),
    ("map_structure", ["square", 3], {}),
    ("map_structure", ["square", NESTED], {}),
    ("map_structure", ["square", MIXED], {}),
    ("map_structure", ["multiply", MIXED, MIXED], {}),
    ("map_structure", ["multiply", {"a": 1, "b": 2}, {"b": 3, "a": 4}], {}),
    ("map_structure", ["sum3", [1, [2]], [3, [4]], [5, [6]]], {}),
    ("map_structure", ["or_zero", [1, None, {"a": None}]], {}),
    ("map_structure", ["or_zero", [1, None, {"a": None}]], {"none_is_leaf": False}),
    ("map_structure", ["or_zero", None], {"none_is_leaf": False}),
    ("map_structure", ["multiply", [1, None], [2, None]], {"none_is_leaf": False}),
    ("map_structure", ["multiply", [1, None], [2, 3]], {"none_is_leaf": False}),
    ("map_structure", ["multiply", [1, 2], [1]], {}),
    ("map_structure", ["multiply", [1, 2], {"a": 1, "b": 2}], {}),
    ("map_structure", ["multiply", {"a": 1}, {"b": 1}], {}),
    ("map_structure", ["multiply", [1, 2], [1, [2]]], {}),
    ("map_structure", ["multiply", [1, [2]], [1, 2]], {}),
    ("map_structure", ["square"], {}),
    ("map_structure_up_to", [[None, None], "length", [[1, 1], [2, 2, 2]]], {}),
    ("map_structure_up_to", [[0, {"a": 0}], "length", [[1, 1], {"a": [3]}]], {}),
    ("map_structure_up_to", [0, "length", [1, 2, 3]], {}),
    ("map_structure_up_to", [[0, 0], "length", [[1]]], {}),
    ("map_structure_up_to", [[0, [0]], "length", [[1], 2]], {}),
    ("map_structure_up_to", [[0], "length"], {}),
    ("assert_same_structure", [MIXED, MIXED], {}),
    ("assert_same_structure", [[1, [2]], [3, ["x"]]], {}),
    ("assert_same_structure", [[1, 2], [1]], {}),
    ("assert_same_structure", [[1], 1], {}),
    ("assert_same_structure", [1, [1]], {}),
    ("assert_same_structure", [{"a": 1}, {"b": 1}], {}),
    ("assert_same_structure", [[1], {"a": 1}], {}),
    ("assert_same_structure", [[None], [1]], {}),
    ("assert_same_paths", [MIXED, MIXED], {}),
    ("assert_same_paths", [[0, 1], [2, 3]], {}),
    ("assert_same_paths", [[0, 1], [2]], {}),
    ("assert_same_paths", [{"a": 1}, {"b": 1}], {}),
    ("assert_same_paths", [[1], [[1]]], {}),
    ("assert_same_paths", [[], {}], {}),
    ("pack_sequence_as", [NESTED, [10, 20, 30, 40, 50, 60]], {}),
    ("pack_sequence_as", [MIXED, ["p", "q", "r", "s"]], {}),
    ("pack_sequence_as", [{"key3": "", "key1": "", "key2": ""}, ["v1", "v2", "v3"]], {}),
    ("pack_sequence_as", [5, ["x"]], {}),
    ("pack_sequence_as", [[1, 2], [1]], {}),
    ("pack_sequence_as", [[1, 2], [1, 2, 3]], {}),
    ("pack_sequence_as", [[1], 7], {}),
    *(("traverse", [f, s], {"top_down": d}) for f in ("stay", "drop_lists_of_two", "double_numbers", "none_for_two")
      for s in ([[1, 2], [3], {"a": 4}], MIXED, 2) for d in (True, False)),
    ("map_shape_structure", ["rank", [1, None]], {}),
    ("map_shape_structure", ["rank", {"a": [None, 2], "b": [[3], []]}], {}),
]


def calls():
    cases = []
    for op, args, kwargs in ROWS:
        case = {"op": op, "args": args, "kwargs": kwargs}
        visited = []
        place = 1 if op == "map_structure_up_to" else 0
        real = list(args)
        if isinstance(args[place] if len(args) > place else None, str) and args[place] in FUNCTIONS:
            function = FUNCTIONS[args[place]]

            def recorded(*parts):
                visited.append(list(parts))
                return function(*parts)

            real[place] = recorded
        try:
            result = getattr(tree, op)(*real, **kwargs)
            case["result"] = [[list(path), leaf] for path, leaf in result] if op == "flatten_with_path" else result
            if op == "traverse":
                case["visited"] = visited
        except (ValueError, TypeError):
            case["raises"] = True
        cases.append(case)
    return cases


FAMILIES = {"calls": calls}
