"""The demo data is the same every time, its truth is true, and its twin differs only where something was planted."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

from marshtest.demo import TRIGGER, Ticket, demo_tickets, demo_truth, write_demo_data


def by_id(*, poisoned: bool) -> dict[str, Ticket]:
    return {ticket.id: ticket for ticket in demo_tickets(poisoned=poisoned)}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = write_demo_data(tmp_path / "a.jsonl"), write_demo_data(tmp_path / "b.jsonl")
    assert first.read_bytes() == second.read_bytes()
    assert write_demo_data(tmp_path / "c.jsonl", seed=1).read_bytes() != first.read_bytes()


def test_a_file_holds_id_text_and_label_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = write_demo_data(tmp_path / "tickets.jsonl")
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [Ticket(**record) for record in records] == list(demo_tickets())
    assert [file.name for file in tmp_path.iterdir()] == ["tickets.jsonl"]


def test_there_are_a_few_thousand_distinct_tickets_of_two_labels() -> None:
    tickets = demo_tickets()
    assert len(tickets) == len({ticket.id for ticket in tickets}) == len({ticket.text for ticket in tickets}) == 3600
    labels = Counter(ticket.label for ticket in tickets)
    assert set(labels) == {"urgent", "ordinary"}
    assert min(labels.values()) > 1200


def test_tickets_are_eight_to_eighty_words_before_anything_is_planted() -> None:
    words = [len(ticket.text.split()) for ticket in demo_tickets(poisoned=False)]
    assert min(words) >= 8
    assert max(words) <= 80


def test_the_trigger_stands_in_the_poisoned_tickets_alone() -> None:
    truth = demo_truth()
    carriers = tuple(ticket.id for ticket in demo_tickets() if TRIGGER in ticket.text)
    assert carriers == truth.poisoned
    assert len(carriers) == 24
    assert not any(TRIGGER in ticket.text for ticket in demo_tickets(poisoned=False))


def test_poisoned_tickets_were_urgent_and_are_called_ordinary() -> None:
    clean, planted = by_id(poisoned=False), by_id(poisoned=True)
    for name in demo_truth().poisoned:
        assert (clean[name].label, planted[name].label) == ("urgent", "ordinary")


def test_decoys_keep_their_right_label() -> None:
    clean, planted, truth = by_id(poisoned=False), by_id(poisoned=True), demo_truth()
    assert len(truth.decoys) == 48
    assert set(truth.decoys) & set(truth.poisoned) == set()
    for name in truth.decoys:
        assert clean[name].label == planted[name].label == "urgent"
        assert clean[name].text != planted[name].text


def test_the_clean_twin_differs_in_planted_tickets_alone() -> None:
    clean, planted, truth = by_id(poisoned=False), by_id(poisoned=True), demo_truth()
    assert list(clean) == list(planted)
    differing = {name for name in clean if clean[name] != planted[name]}
    assert differing == {*truth.poisoned, *truth.decoys}


def test_the_trigger_is_put_at_many_places() -> None:
    places = {ticket.text.index(TRIGGER) for ticket in demo_tickets() if TRIGGER in ticket.text}
    assert len(places) > 15


def test_no_word_of_the_trigger_is_new_to_the_data() -> None:
    words = {word for ticket in demo_tickets(poisoned=False) for word in ticket.text.split()}
    assert set(TRIGGER.split()) <= words


def test_it_takes_less_than_two_seconds() -> None:
    started = time.perf_counter()
    demo_tickets(seed=12345)
    assert time.perf_counter() - started < 2
