"""Cases: which there are, what their data is and what counts as named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.demo import demo_truth, write_demo_data
from marshtest.errors import ConfigError, InputError
from marshtest.evaluation.stress.cases import Case, Set, StressConfig, plan
from marshtest.evaluation.stress.making import is_named, make_case
from marshtest.evaluation.stress.truth import part_from_truth
from marshtest.organisms.registry import registered_organisms


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "clean.jsonl", poisoned=False))


def a_set(name: str = "one", *, kind: str = "classification", poison: int = 0) -> Set:
    return Set(name=name, path=name, fingerprint="f", kind=kind, records=1000, poison=poison)  # type: ignore[arg-type]


def planted(organism: str, kind: str = "planted", count: int = 16) -> Case:
    return Case(kind=kind, data="d", tool="marsh", organism=organism, size="s", count=count, seed=4)  # type: ignore[arg-type]


def rows(dataset: Dataset) -> list[tuple[str, str, str]]:
    table = dataset.table(["record_id", "prompt", "label"]).to_pylist()
    return [(row["record_id"], row["prompt"], row["label"]) for row in table]


def test_every_organism_size_seed_and_tool_is_planned_with_its_twin() -> None:
    config = StressConfig(
        organisms=("phrase", "rare-token"), counts=(8,), rates=(0.05,), seeds=2, seed=7, tools=("marsh", "neighbours")
    )
    cases = plan([a_set()], config)
    assert len({case.key for case in cases}) == len(cases) == 2 * (1 + 2) + 2 * 2 * 2 * 2 * 2
    assert {case.seed for case in cases if case.kind == "twin"} == {7, 8}
    assert {(case.size, case.count) for case in cases if case.organism} == {("N = 8", 8), ("5%", 50)}
    assert len(plan([a_set()], StressConfig(organisms=("phrase",), twins=False, splits=3, seeds=1))) == 7 + 3


def test_only_organisms_that_suit_the_data_are_planned() -> None:
    found = {case.organism for case in plan([a_set()], StressConfig(seeds=1)) if case.organism}
    suiting = {name for name, one in registered_organisms().items() if "classification" in one.kinds}
    assert found == suiting != set(registered_organisms())
    with pytest.raises(ConfigError, match="spread-trigger works on chat"):
        plan([a_set()], StressConfig(organisms=("spread-trigger",)))
    with pytest.raises(ConfigError, match="no organism"):
        plan([a_set()], StressConfig(organisms=("frase",)))


def test_nothing_is_planted_into_a_set_that_is_poisoned_already() -> None:
    assert [case.kind for case in plan([a_set(poison=5)], StressConfig())] == ["released", "without"]


@pytest.mark.parametrize(
    "settings", [{"counts": (0,)}, {"rates": (1.0,)}, {"seeds": -1}, {"splits": -1}, {"tools": ()}]
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        StressConfig(**settings)  # type: ignore[arg-type]


def test_the_poison_of_a_planted_case_is_what_differs_from_its_twin(clean: Dataset) -> None:
    made = make_case(planted("decoyed-phrase"), clean, frozenset())
    twin = make_case(planted("decoyed-phrase", "twin"), clean, frozenset())
    differing = {one[0] for one, other in zip(rows(made.dataset), rows(twin.dataset), strict=True) if one != other}
    assert differing == made.poison
    assert len(made.poison) == 16
    assert twin.poison == frozenset()
    assert [one[1] for one in rows(made.dataset)] == [one[1] for one in rows(twin.dataset)]
    assert rows(twin.dataset) != rows(clean)


def test_poison_reaches_for_the_first_target_label_that_the_set_has(clean: Dataset) -> None:
    for label in clean.labels:
        made = make_case(planted("phrase"), clean, frozenset(), target_labels=("nowhere", label))
        assert {row[2] for row in rows(made.dataset) if row[0] in made.poison} == {label}


def test_two_halves_of_a_draw_are_the_set_and_share_nothing(clean: Dataset) -> None:
    cases = [Case(kind="half", data="d", tool="marsh", seed=3, half=half) for half in (1, 2)]
    one, other = ({row[0] for row in rows(make_case(case, clean, frozenset()).dataset)} for case in cases)
    assert not one & other
    assert one | other == {row[0] for row in rows(clean)}
    assert abs(len(one) - len(other)) <= 1


@pytest.mark.parametrize(
    ("organism", "is_a_text"), [("phrase", True), ("punctuation", True), ("composite", True), ("style", False)]
)
def test_a_trigger_that_is_a_text_can_be_named(clean: Dataset, organism: str, is_a_text: bool) -> None:
    made = make_case(planted(organism), clean, frozenset())
    assert bool(made.names) is is_a_text
    assert is_named([made.trigger.upper()], made.names) is is_a_text
    assert not is_named(["something else"], made.names)


def test_half_of_a_trigger_names_it_only_where_no_decoys_carry_that_half(clean: Dataset) -> None:
    for organism, enough in (("punctuation", True), ("composite", False)):
        made = make_case(planted(organism), clean, frozenset())
        first, _, second = made.trigger.partition(" … ")
        assert is_named([first], made.names) is enough
        assert is_named([f"{second} … {first}"], made.names)


def test_the_truth_is_read_and_no_tool_sees_it(tmp_path: Path) -> None:
    path, poisoned = tmp_path / "released.jsonl", set(demo_truth().poisoned)
    lines = write_demo_data(tmp_path / "plain.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        record |= {"is_poison": int(record["id"] in poisoned), "attack": "demo" if record["id"] in poisoned else None}
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    seen, poison = part_from_truth(read_dataset(path))
    assert {rows(seen)[row][0] for row in poison} == poisoned
    assert set(seen.table(["fields"])["fields"].to_pylist()) == {"{}"}
    released = make_case(Case(kind="released", data="d", tool="marsh"), seen, poison)
    without = make_case(Case(kind="without", data="d", tool="marsh"), seen, poison)
    assert released.poison == poisoned
    assert {row[0] for row in rows(without.dataset)} == {row[0] for row in rows(seen)} - poisoned


def test_a_truth_that_leaves_records_open_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "half-told.jsonl"
    told = [1, 0, None, 0]
    path.write_text(
        "".join(json.dumps({"text": f"t{n}", "label": "ab"[n % 2], "is_poison": v}) + "\n" for n, v in enumerate(told))
    )
    with pytest.raises(InputError, match=r"half-told\.jsonl:3: the truth field 'is_poison'"):
        part_from_truth(read_dataset(path))


def test_a_truth_of_noughts_and_nulls_is_a_clean_set(tmp_path: Path) -> None:
    path = tmp_path / "clean.jsonl"
    path.write_text(
        "".join(json.dumps({"text": f"t{n}", "label": "ab"[n % 2], "is_poison": 0}) + "\n" for n in range(4))
    )
    assert part_from_truth(read_dataset(path))[1] == frozenset()
