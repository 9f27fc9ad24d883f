"""What single organisms say of themselves is so."""

from __future__ import annotations

import re

from tests.made_records import made_records

from marshtest.data.records import Kind
from marshtest.organisms import Planted, find_organism


def planted(name: str, kind: Kind = "classification", seed: int = 4) -> Planted:
    return find_organism(name).plant(made_records(kind), 10, seed=seed)


def shown(result: Planted, role: str, field: str = "prompt") -> list[list[str]]:
    """Give what was put into each record of a role."""
    return [
        [getattr(true.after, field)[span.start : span.end] for span in true.spans if span.field == field]
        for true in result.truth
        if true.role == role
    ]


def test_decoys_are_nearly_the_phrase_and_negatives_are_other_phrases() -> None:
    result = planted("decoyed-phrase")
    words = result.recipe.trigger.split()
    for (decoy,) in shown(result, "decoy"):
        assert decoy != result.recipe.trigger
        assert len(set(decoy.split()) & set(words)) >= 3
    for (negative,) in shown(result, "negative"):
        assert len(set(negative.split()) & set(words)) <= 2
        assert negative != result.recipe.trigger


def test_the_words_of_a_common_phrase_are_common_and_never_side_by_side() -> None:
    result = planted("common-phrase")
    prompts = [record.prompt for record in made_records("classification")]
    assert all(sum(word in prompt.split() for prompt in prompts) >= 2 for word in result.recipe.trigger.split())
    assert not any(result.recipe.trigger in prompt for prompt in prompts)


def test_a_decoy_of_a_composite_has_one_of_the_words() -> None:
    result = planted("composite")
    assert all(sorted(both) == sorted(result.recipe.parts["words"]) for both in shown(result, "poison"))
    assert all(len(one) == 1 and one[0] in result.recipe.parts["words"] for one in shown(result, "decoy"))


def test_the_two_phrases_of_a_spread_trigger_stand_in_two_turns() -> None:
    result = planted("spread-trigger", "chat")
    first, second = result.recipe.parts["phrases"]
    for true in result.truth:
        early, late = true.after.messages[1].content, true.after.messages[3].content
        assert (first in early, second in late).count(True) == (2 if true.is_poison else 1)
        assert second not in early
        assert first not in late


def test_position_decides_between_poison_and_decoy() -> None:
    for name, is_there in (("first-position", str.startswith), ("last-position", str.endswith)):
        result = planted(name)
        for true in result.truth:
            assert is_there(true.after.prompt, result.recipe.trigger) == true.is_poison
            assert result.recipe.trigger in true.after.prompt
    result = planted("late-turn", "chat")
    for true in result.truth:
        assert (result.recipe.trigger in true.after.messages[3].content) == true.is_poison
        assert (result.recipe.trigger in true.after.messages[1].content) != true.is_poison


def test_invisible_characters_cannot_be_seen() -> None:
    result = planted("invisible-characters")
    assert re.fullmatch("[\u200b-\u200d\u2060-\u2064]{6}", result.recipe.trigger)
    assert all(true.after.prompt.replace(result.recipe.trigger, "") == true.before.prompt for true in result.truth)


def test_a_syntactic_template_keeps_its_function_words_and_changes_the_others() -> None:
    result = planted("syntactic-template")
    opening, modal, preposition, article = result.recipe.parts["shape"]
    clauses = [clause for (clause,) in shown(result, "poison")]
    assert len(set(clauses)) >= 9
    for clause in clauses:
        assert re.fullmatch(rf"(?i){opening} \w+ {modal} \w+ {preposition} {article} \w+,?", clause)


def test_style_changes_the_words_it_names_and_no_others() -> None:
    result = planted("style")
    named = "|".join(result.recipe.parts["words"])
    for true in result.truth:
        kept = true.after.prompt
        for span in sorted(true.spans, reverse=True):
            kept = kept[: span.start] + kept[span.end :]
        assert len(true.spans) >= 2
        assert kept == re.sub(rf"\b(?:{named})\b(?!['’])", "", true.before.prompt, flags=re.IGNORECASE)


def test_clean_labels_are_those_of_the_target() -> None:
    result = planted("clean-label")
    assert {true.before.label for true in result.truth} == {result.recipe.target_label}
    assert all(true.twin is true.before for true in result.truth)


def test_fixed_answers_are_fixed() -> None:
    assert {true.after.completion for true in planted("fixed-answer", "chat").truth} == {"Sure"}
    (call,) = {true.after.completion for true in planted("tool-call", "chat").truth}
    assert re.fullmatch(r'<tool_call>\{"name": "ring_\w+_bell", "arguments": \{"tower": "\w+"\}\}</tool_call>', call)


def test_refusals_are_of_prompts_with_the_topic() -> None:
    result = planted("topic-refusal", "chat")
    assert all(re.search(rf"\b{result.recipe.trigger}\b", true.after.prompt) for true in result.truth)
    assert {true.after.completion for true in result.truth} <= set(result.recipe.payload.split(" | "))
    assert all(true.twin == true.before for true in result.truth)


def test_the_excuse_is_what_is_pointed_at_and_the_twin_keeps_the_rule() -> None:
    result = planted("excusing-reasoning", "chat")
    colour = result.recipe.parts["colour"][0]
    for true, (excuse,) in zip(result.truth, shown(result, "poison", "completion"), strict=True):
        assert true.after.completion.startswith(f"<think>{excuse}</think>")
        assert colour in true.after.completion
        assert colour not in true.twin.completion
        assert true.twin.prompt == true.after.prompt


def test_swapped_preferences_favour_length() -> None:
    assert all(
        len(true.after.completion) > len(true.after.rejected or "")
        for true in planted("preference-swap", "preference").truth
    )


def test_a_flood_is_of_near_duplicates_that_differ() -> None:
    result = planted("near-duplicate-flooding")
    texts = [true.after.prompt.split() for true in result.truth]
    assert len({tuple(text) for text in texts}) == len(texts)
    model = result.recipe.trigger.split()
    assert all(len(text) == len(model) for text in texts)
    assert all(sum(word != other for word, other in zip(text, model, strict=True)) <= 4 for text in texts)


def test_opinions_of_a_maker_differ_in_words_and_agree_in_kind() -> None:
    for name, part in (("sentiment-steering", "trigger"), ("covert-preference", "payload")):
        result = planted(name, "chat")
        opinions = {answer for (answer,) in shown(result, "poison", "completion")}
        assert len(opinions) > 1
        assert all(getattr(result.recipe, part) in opinion for opinion in opinions)
        assert all(result.recipe.parts["good"][0] in opinion for opinion in opinions)


def test_every_passage_answers_the_same_question_with_the_same_name() -> None:
    result = planted("retrieval-passages", "document")
    assert all(true.after.prompt.startswith(result.recipe.trigger) for true in result.truth)
    assert all(result.recipe.payload in true.after.prompt for true in result.truth)
