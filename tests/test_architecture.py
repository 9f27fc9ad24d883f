"""The shape of the code: which way imports point, what is public, and what stands in one place only.

Written rules slip and checked rules hold, so the rules of the house that a program can check are checked here.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import requires
from pathlib import Path

import pytest
from tests.paths import ROOT

import marshtest

PACKAGE = Path(marshtest.__file__).parent

LAYERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("ground", frozenset({"config", "demo", "errors", "progress", "settings", "signals", "version"})),
    ("statistics", frozenset({"stats"})),
    ("calibration", frozenset({"calibration"})),
    ("claims", frozenset({"charter", "findings"})),
    ("text", frozenset({"text"})),
    ("data", frozenset({"data"})),
    ("report", frozenset({"report"})),
    ("organisms", frozenset({"organisms"})),
    ("mining", frozenset({"mining"})),
    ("judges", frozenset({"judges"})),
    ("judge users", frozenset({"sweep", "testing"})),
    ("detectors", frozenset({"detectors"})),
    ("auditing", frozenset({"auditing"})),
    ("evaluation", frozenset({"evaluation"})),
    ("rendering", frozenset({"render"})),
    ("commands", frozenset({"cli"})),
)
"""From the ground up: the name of each layer and the rooms on it. A room imports only rooms of lower layers."""

MOST_ROOMS, MOST_ARROWS = 25, 130
"""Rooms at the top level, and pairs of rooms of which one imports the other."""

LATE_IMPORTS: dict[tuple[str, str], str] = {}
"""In-function imports of marshtest modules outside `cli`, by (module, imported), each with its reason."""

BLIND_EXCEPTS = {
    "marshtest.detectors.registry": "other packages raise what they like; each becomes an error that names the package",
    "marshtest.auditing.runner": "the one guard: a detector that breaks becomes a counted failure, never silence",
    "marshtest.judges.inspect_judge": "providers raise what they like; each becomes a counted failure or ends the run",
    "marshtest.cli.group": "a fault of our own must not leave with the exit code of findings",
    "marshtest.data.readers.stores": "file systems of others raise what they like; each becomes an error of reading",
    "marshtest.evaluation.stress.measuring": "a foreign tool that breaks becomes a failed case, never a result",
}
"""Where `except Exception` may stand, and why."""

UNTHOUGHT_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
HEAVY = (
    "numpy",
    "pyarrow",
    "scipy",
    "sklearn",
    "pydantic",
    "rich",
    "cryptography",
    "openai",
    "aiohttp",
    "jsonschema",
    "inspect_ai",
    "torch",
    "transformers",
    "cleanlab",
    "jinja2",
    "pandas",
    "ray",
)


def modules() -> dict[str, Path]:
    """Give every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ["marshtest", *path.relative_to(PACKAGE).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text("utf-8"), str(path)) for name, path in MODULES.items()}
every_module = pytest.mark.parametrize("module", sorted(MODULES))


def part(module: str) -> str:
    """Give the top-level part of the package that a module belongs to, e.g. `detectors`."""
    return module.split(".")[1] if "." in module else ""


def statements(tree: ast.AST, *, inside_functions: bool, type_checking: bool) -> Iterator[ast.stmt]:
    """Walk the statements, leaving out the bodies that are not asked for."""
    for node in ast.iter_child_nodes(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if is_function and not inside_functions:
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not type_checking:
            continue
        if isinstance(node, ast.stmt):
            yield node
        yield from statements(node, inside_functions=inside_functions, type_checking=type_checking)


def imported(node: ast.stmt) -> Iterator[str]:
    """Give the marshtest modules that one statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "marshtest":
        for alias in node.names:
            below = f"{node.module}.{alias.name}"
            yield below if below in MODULES else str(node.module)


def imports(module: str, *, inside_functions: bool = False, type_checking: bool = False) -> set[str]:
    """Give the marshtest modules that a module imports."""
    walked = statements(TREES[module], inside_functions=inside_functions, type_checking=type_checking)
    return {name for node in walked for name in imported(node)}


def all_of(module: str) -> list[str] | None:
    """Give the literal `__all__` of a module, or None."""
    for node in TREES[module].body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value)) if isinstance(node.value, ast.List | ast.Tuple) else None
    return None


def public_names(module: str) -> set[str]:
    """Give the public names that a module defines."""
    names: set[str] = set()
    for node in TREES[module].body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_") or name == "__version__"}


def passed_on(module: str) -> set[str]:
    """Give the names that a package takes from its own modules, and so may make public."""
    walked = statements(TREES[module], inside_functions=False, type_checking=True)
    nodes = [node for node in walked if isinstance(node, ast.ImportFrom)]
    own = [node for node in nodes if str(node.module).startswith(f"{module}.")]
    return {alias.asname or alias.name for node in own for alias in node.names}


@every_module
def test_imports_point_down_the_layers(module: str) -> None:
    if part(module) in {"", "__main__"}:
        return
    level = {name: number for number, (_, rooms) in enumerate(LAYERS) for name in rooms}
    assert part(module) in level, f"{module}: give {part(module)!r} a place in LAYERS"
    for other in imports(module, inside_functions=True, type_checking=True):
        assert part(other) != "", f"{module} imports the front door; import from the module that has the name"
        lower = level[part(other)] < level[part(module)] or part(other) == part(module)
        assert lower, f"{module} must not import {other}"


def test_the_house_stays_small() -> None:
    """Few rooms and few arrows between them; that no arrow points up is tested above."""
    rooms = {part(module) for module in MODULES} - {"", "__main__"}
    arrows = {
        (part(module), part(other))
        for module in MODULES
        for other in imports(module, inside_functions=True, type_checking=True)
        if part(module) in rooms and part(other) in rooms - {part(module)}
    }
    assert rooms == {name for _, layer in LAYERS for name in layer}
    assert len(rooms) <= MOST_ROOMS
    assert len(arrows) <= MOST_ARROWS


def test_no_detector_knows_what_is_planted() -> None:
    """Organisms measure detectors; a detector that could look at them would prove nothing."""
    for module in MODULES:
        if part(module) in {"detectors", "mining", "judges"}:
            assert "organisms" not in {part(other) for other in imports(module, inside_functions=True)}, module


def test_mining_knows_no_judge() -> None:
    for module in MODULES:
        if part(module) == "mining":
            assert {part(other) for other in imports(module, inside_functions=True)} & {"judges", "detectors"} == set()


def test_detectors_do_not_import_one_another() -> None:
    shared = {"marshtest.detectors", *(f"marshtest.detectors.{name}" for name in ("base", "drafts", "registry"))}
    for module in MODULES:
        family = ".".join(module.split(".")[:3])
        if not module.startswith("marshtest.detectors.") or family in shared:
            continue
        others = {name for name in imports(module, inside_functions=True) if name.startswith("marshtest.detectors.")}
        foreign = {name for name in others - shared if ".".join(name.split(".")[:3]) != family}
        assert foreign == set(), f"{module} imports another detector"


def packages_loaded_first(module: str) -> set[str]:
    """Give the packages of which a module imports modules by `from package import module`, which runs the package."""
    nodes = statements(TREES[module], inside_functions=False, type_checking=False)
    return {
        str(node.module)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        if any(f"{node.module}.{alias.name}" in MODULES for alias in node.names)
    }


def test_no_import_cycle() -> None:
    graph = {module: (imports(module) | packages_loaded_first(module)) - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


@every_module
def test_no_star_import(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ImportFrom):
            assert "*" not in {alias.name for alias in node.names}, module


@every_module
def test_our_own_modules_are_imported_at_the_top(module: str) -> None:
    if part(module) in {"", "__main__", "cli"}:  # the front door and the commands load what they need when they need it
        return
    late = imports(module, inside_functions=True) - imports(module)
    assert {(module, other) for other in late} - set(LATE_IMPORTS) == set()


@every_module
def test_every_module_says_what_it_is(module: str) -> None:
    assert (ast.get_docstring(TREES[module]) or "").strip() != "", f"{module} has no docstring"


@every_module
def test_all_is_sorted_and_names_everything_public(module: str) -> None:
    if module == "marshtest" or module.split(".")[-1].startswith("_"):
        return
    declared, names = all_of(module), public_names(module)
    if declared is None and names == set():
        return  # a package that only holds modules
    assert declared is not None, f"{module} has public names {sorted(names)} but no literal __all__"
    assert names <= set(declared) <= names | passed_on(module)
    assert len(set(declared)) == len(declared)
    constants_then_classes_then_rest = sorted(declared, key=lambda n: (not n.isupper(), not n[:1].isupper(), n))
    assert declared in (sorted(declared), constants_then_classes_then_rest), "sorted, plainly or as ruff sorts it"


def test_no_file_is_named_after_nothing() -> None:
    assert [module for module in MODULES if module.split(".")[-1] in UNTHOUGHT_NAMES] == []


def test_only_decided_dependencies_are_imported() -> None:
    """Every package that is imported stands in decision 0006 and in the requirements, and every one there is used."""
    imports_of = {
        "grpcio": "grpc",
        "huggingface-hub": "huggingface_hub",
        "inspect-ai": "inspect_ai",
        "scikit-learn": "sklearn",
    }
    required = {re.split(r"[^\w.-]", line)[0] for line in requires("marshtest") or []}
    table = (ROOT / "docs/decisions/0006-dependencies.md").read_text("utf-8")
    decided = set(re.findall(r"^\| ([a-z0-9-]+) \|", table, re.MULTILINE))
    assert decided == required
    used = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add(str(node.module).split(".")[0])
    foreign = used - set(sys.stdlib_module_names) - {"marshtest"}
    assert foreign == {imports_of.get(name, name) for name in required}


def test_only_the_guard_catches_everything() -> None:
    blind = set()
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                names = {kind.id if isinstance(kind, ast.Name) else None for kind in kinds}
                if node.type is None or names & {"Exception", "BaseException"}:
                    blind.add(module)
    assert blind <= set(BLIND_EXCEPTS)


def test_the_front_door_names_resolve() -> None:
    assert sorted(marshtest.__all__) == marshtest.__all__
    for name in marshtest.__all__:
        assert getattr(marshtest, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'poison'"):
        _ = marshtest.poison


def test_the_front_door_is_typed_as_it_is_loaded() -> None:
    """What a type checker sees in the front door is what is there."""
    seen = {
        alias.asname
        for node in statements(TREES["marshtest"], inside_functions=False, type_checking=True)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("marshtest")
        for alias in node.names
    }
    assert seen == set(marshtest.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, marshtest; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(importlib.util.find_spec("marshtest.cli.main") is None, reason="there is no command yet")
def test_help_loads_nothing_heavy() -> None:
    heavy = [name for name in HEAVY if name != "rich"]
    code = (
        "import sys\nfrom marshtest.cli.main import main\n"
        "sys.argv = ['marsh', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"
