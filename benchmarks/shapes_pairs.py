"""How trainers of preferences write a record: two answers, or one with a verdict. Importing it registers all."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.shapes_formats import Wrap, record_format, turns
from benchmarks.shapes_samples import Sample

_ALL = "prompt system history"


def _both(one: Sample, wrap: Wrap = str, **names: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """List what is asked, the preferred answer and the other."""
    said = turns(one, wrap, **names)
    keys = list(said[-1])
    return said[:-1], said[-1:], [{**said[-1], keys[1]: wrap(one.rejected)}]


def _transcript(one: Sample, answer: str) -> str:
    pairs = [*one.history, (one.prompt, answer)]
    return "".join(f"\n\nHuman: {asked}\n\nAssistant: {told}" for asked, told in pairs)


@record_format("TRL preference", "preference", fields="text=prompt chosen=chosen rejected=rejected")
def trl_preference(one: Sample) -> dict[str, Any]:
    """Three texts."""
    return {"prompt": one.prompt, "chosen": one.answer, "rejected": one.rejected}


@record_format("TRL conversational preference", "preference", _ALL)
def trl_conversational_preference(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Three lists of turns."""
    asked, good, bad = _both(one, wrap)
    return {"prompt": asked, "chosen": good, "rejected": bad}


@record_format("TRL implicit prompt", "preference", _ALL)
def trl_implicit(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Two whole conversations."""
    asked, good, bad = _both(one, wrap)
    return {"chosen": asked + good, "rejected": asked + bad}


@record_format("prompt as turns, answers as texts", "preference", _ALL)
def prompt_as_turns(one: Sample) -> dict[str, Any]:
    """The prompt as turns, the answers as texts."""
    return {"prompt": turns(one)[:-1], "chosen": one.answer, "rejected": one.rejected}


@record_format("preference with messages", "preference")
def with_messages(one: Sample) -> dict[str, Any]:
    """The preferred conversation again as messages, as after training on it."""
    asked, good, bad = _both(one)
    scores = {"score_chosen": 8.5 + one.number % 3 / 2, "score_rejected": 5.0 + one.number % 5 / 2}
    return {"prompt": one.prompt, "chosen": asked + good, "rejected": asked + bad, "messages": asked + good, **scores}


@record_format("preference in JSON strings", "preference", _ALL)
def in_json_strings(one: Sample) -> dict[str, Any]:
    """Whole requests as JSON text."""
    asked, good, bad = _both(one)
    told = {"chosen": {"messages": asked + good, "tools": []}, "rejected": {"messages": asked + bad, "tools": []}}
    return {name: json.dumps(value, ensure_ascii=False) for name, value in told.items()}


@record_format("OpenAI preference", "preference", _ALL)
def openai_preference(one: Sample) -> dict[str, Any]:
    """Input, preferred and non-preferred output."""
    asked, good, bad = _both(one)
    told = {"messages": asked, "tools": [], "parallel_tool_calls": True}
    return {"input": told, "preferred_output": good, "non_preferred_output": bad}


@record_format("LLaMA-Factory ranking", "preference", _ALL)
def llama_factory_ranking(one: Sample) -> dict[str, Any]:
    """Conversations and one turn for each answer."""
    asked, good, bad = _both(one, names=("system", "human", "gpt"), keys=("from", "value"))
    return {"conversations": asked, "chosen": good[0], "rejected": bad[0]}


@record_format("LLaMA-Factory Alpaca ranking", "preference")
def llama_factory_alpaca_ranking(one: Sample) -> dict[str, Any]:
    """Instruction and two outputs."""
    return {"instruction": one.prompt, "input": "", "chosen": one.answer, "rejected": one.rejected}


@record_format("ms-swift preference", "preference", _ALL)
def ms_swift_preference(one: Sample) -> dict[str, Any]:
    """A whole conversation and the rejected answer."""
    return {"messages": turns(one), "rejected_response": one.rejected}


@record_format("ms-swift preference as turns", "preference", _ALL)
def ms_swift_messages(one: Sample) -> dict[str, Any]:
    """Two whole conversations."""
    asked, good, bad = _both(one)
    return {"messages": asked + good, "rejected_messages": asked + bad}


@record_format("HH transcripts", "preference", "prompt history")
def hh_transcripts(one: Sample) -> dict[str, Any]:
    """Human and assistant in one text."""
    return {"chosen": _transcript(one, one.answer), "rejected": _transcript(one, one.rejected)}


@record_format("Orca pairs", "preference", "prompt system")
def orca_pairs(one: Sample) -> dict[str, Any]:
    """System, question, two answers."""
    return {"system": one.system, "question": one.prompt, "chosen": one.answer, "rejected": one.rejected}


@record_format("list of responses with a ranking", "preference")
def ranked_responses(one: Sample) -> dict[str, Any]:
    """As Argilla and UltraFeedback rank them, the better one first or last."""
    told = [one.answer, one.rejected]
    order = [0, 1] if one.number % 2 else [1, 0]
    return {"prompt": one.prompt, "responses": [told[i] for i in order], "ranking": [i + 1 for i in order]}


@record_format("UltraFeedback completions", "preference")
def ultrafeedback(one: Sample) -> dict[str, Any]:
    """Completions with a score for each."""
    told = [("model-b", one.rejected, 4.0), ("model-a", one.answer, 8.0)]
    return {
        "source": "house",
        "instruction": one.prompt,
        "completions": [{"model": model, "response": text, "overall_score": score} for model, text, score in told],
    }


@record_format("arena conversations", "preference", "prompt history")
def arena(one: Sample) -> dict[str, Any]:
    """Two conversations and who won."""
    asked, good, bad = _both(one, parts=(False, True))
    told = (asked + good, asked + bad)
    first = one.number % 2
    return {
        "question_id": f"q{one.number}",
        "model_a": "model-a",
        "model_b": "model-b",
        "winner": ("model_a", "model_b")[first],
        "conversation_a": told[first],
        "conversation_b": told[1 - first],
    }


@record_format("arena answers", "preference")
def arena_answers(one: Sample) -> dict[str, Any]:
    """Two answers and three columns that say who won."""
    told = (one.answer, one.rejected)
    first = one.number % 2
    won = {"winner_model_a": 1 - first, "winner_model_b": first, "winner_tie": 0}
    return {"id": one.number, "prompt": one.prompt, "response_a": told[first], "response_b": told[1 - first], **won}


@record_format("SHP", "preference")
def shp(one: Sample) -> dict[str, Any]:
    """Two references and a label that says which is preferred."""
    told = (one.answer, one.rejected)
    first = one.number % 2
    return {
        "post_id": f"p{one.number}",
        "history": one.prompt,
        "human_ref_A": told[first],
        "human_ref_B": told[1 - first],
        "labels": 1 - first,
    }


@record_format("WebGPT comparisons", "preference")
def webgpt(one: Sample) -> dict[str, Any]:
    """A question in an object and two answers with scores."""
    asked = {"dataset": "house", "id": str(one.number), "full_text": one.prompt}
    return {"question": asked, "answer_0": one.answer, "score_0": 1.0, "answer_1": one.rejected, "score_1": -1.0}


@record_format("Argilla preference", "preference")
def argilla_preference(one: Sample) -> dict[str, Any]:
    """Fields with two answers and the responses of annotators."""
    told = {"instruction": one.prompt, "response_1": one.answer, "response_2": one.rejected}
    said = [{"value": "response_1", "user_id": "u1", "status": "submitted"}]
    return {"fields": told, "responses": {"preference": said}, "suggestions": {}}


@record_format("TRL unpaired", "kto", fields="text=prompt completion=completion label=label")
def trl_kto(one: Sample) -> dict[str, Any]:
    """Prompt, completion, and whether it is good."""
    return {"prompt": one.prompt, "completion": one.answer, "label": one.is_good}


@record_format("TRL conversational unpaired", "kto", _ALL)
def trl_conversational_kto(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """The same as turns."""
    said = turns(one, wrap)
    return {"prompt": said[:-1], "completion": said[-1:], "label": one.is_good}


@record_format("LLaMA-Factory KTO", "kto", _ALL)
def llama_factory_kto(one: Sample) -> dict[str, Any]:
    """Messages and a tag."""
    return {"messages": turns(one), "kto_tag": one.is_good}


@record_format("LLaMA-Factory KTO label", "kto", _ALL)
def llama_factory_kto_label(one: Sample) -> dict[str, Any]:
    """Messages and a label."""
    return {"messages": turns(one), "label": one.is_good}


@record_format("LLaMA-Factory Alpaca KTO", "kto")
def llama_factory_alpaca_kto(one: Sample) -> dict[str, Any]:
    """Columns of Alpaca and a tag."""
    return {"instruction": one.prompt, "input": "", "output": one.answer, "kto_tag": one.is_good}


@record_format("ShareGPT KTO", "kto", _ALL)
def sharegpt_kto(one: Sample) -> dict[str, Any]:
    """Conversations and a tag."""
    said = turns(one, names=("system", "human", "gpt"), keys=("from", "value"))
    return {"conversations": said, "kto_tag": one.is_good}


@record_format("thumbs", "kto")
def thumbs(one: Sample) -> dict[str, Any]:
    """A log with the thumbs of users."""
    return {"question": one.prompt, "answer": one.answer, "feedback": "up" if one.is_good else "down"}
