"""Every number has a reason, thresholds are settings, functions stay short and names mean one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest
from tests.test_architecture import MODULES, TREES, every_module, part

LONGEST_FUNCTION = 80
"""Lines."""
MOST_PARAMETERS = 8
PLAIN = {-1, 0, 0.5, 1, 2, 100}
"""Numbers that need no name: counting, halves, signs and percent."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Give every function and method."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def number(node: ast.expr) -> float | None:
    """Give the value of a numeric literal, None for anything else."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return sign * node.value
    return None


def is_command(node: Function) -> bool:
    """Tell whether a function is a command of click, whose parameters are its options."""
    return any("command" in ast.dump(decorator) for decorator in node.decorator_list)


@every_module
def test_no_function_is_long(module: str) -> None:
    for node in functions(TREES[module]):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{module}.{node.name} has {length} lines"


@every_module
def test_no_function_takes_many_parameters(module: str) -> None:
    for node in functions(TREES[module]):
        if is_command(node) or (module, node.name) == ("marshtest.auditing.wiring", "audit"):
            continue
        names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        assert count <= MOST_PARAMETERS, f"{module}.{node.name} takes {count} parameters"


def settings_lines(tree: ast.Module) -> set[int]:
    """Give the lines inside settings classes."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
            found |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def thresholds(tree: ast.Module) -> Iterator[ast.expr]:
    """Give the numeric literals that decide something: compared, clipped with, or the default of a parameter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"min", "max"}:
            yield from node.args
        elif isinstance(node, ast.FunctionDef):
            yield from (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None))


@pytest.mark.parametrize("module", [name for name in sorted(MODULES) if part(name) in {"detectors", "mining"}])
def test_thresholds_are_settings(module: str) -> None:
    inside = settings_lines(TREES[module])
    bare = [
        f"line {node.lineno}: {value}"
        for node in thresholds(TREES[module])
        if (value := number(node)) is not None and value not in PLAIN and node.lineno not in inside
    ]
    assert bare == [], f"{module}: give these a field in the settings, with a reason"


def takes_settings() -> dict[tuple[str, str], tuple[int | None, str]]:
    """Give the functions and classes that take settings: the place of that argument, if it has one, and its name."""
    found: dict[tuple[str, str], tuple[int | None, str]] = {}
    for module, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args]
                named = [(arguments.index(one), one) for one in arguments]
                every = [*named, *((None, one) for one in node.args.kwonlyargs)]
                pairs = [(place, one.arg, one.annotation) for place, one in every]
            elif isinstance(node, ast.ClassDef) and not node.name.endswith("Settings"):
                fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                is_detector = any("Detector" in ast.unparse(base) for base in node.bases)
                pairs = [
                    (place, one.target.id, one.annotation)
                    for place, one in enumerate(fields)
                    if isinstance(one.target, ast.Name) and not is_detector
                ]
            else:
                continue
            for place, name, annotation in pairs:
                if annotation is not None and ast.unparse(annotation).endswith("Settings"):
                    found[module, node.name] = (place, name)
    return found


def test_settings_are_handed_on() -> None:
    """A default stands in for settings in tests and for library users; a detector that forgot its own would not say."""
    known = takes_settings()
    forgotten = []
    for module in MODULES:
        if part(module) not in {"detectors", "mining"}:
            continue
        origin = {
            alias.asname or alias.name: (str(node.module), alias.name)
            for node in ast.walk(TREES[module])
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(TREES[module]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place, name = known.get(origin.get(node.func.id, (module, node.func.id)), (None, ""))
                given = any(keyword.arg in (name, None) for keyword in node.keywords)
                if name and not given and (place is None or len(node.args) <= place):
                    forgotten.append(f"{module}, line {node.lineno}: {node.func.id}")
    assert forgotten == []


@every_module
def test_every_constant_has_a_reason(module: str) -> None:
    """A number at the top of a module has a docstring below it, or a comment beside or above it."""
    lines = MODULES[module].read_text("utf-8").split("\n")
    body = TREES[module].body
    unexplained = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if not values or any(number(value) is None for value in values):
            continue
        has_docstring = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        has_comment = "#" in lines[node.lineno - 1] or lines[node.lineno - 2].lstrip().startswith("#")
        if not has_docstring and not has_comment:
            unexplained.append(lines[node.lineno - 1])
    assert unexplained == [], module


def test_no_two_public_classes_share_a_name() -> None:
    homes = defaultdict(list)
    for module, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}
