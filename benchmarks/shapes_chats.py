"""How trainers of chats write a record: OpenAI, Anthropic, Bedrock, Gemini, Cohere, ShareGPT, LLaMA-Factory, and more.

A chat whose every answer is a label is written in the same formats. Importing this module registers its formats.
"""

from __future__ import annotations

from typing import Any

from benchmarks.shapes_formats import Wrap, record_format, turns
from benchmarks.shapes_samples import Sample

_CHAT = "chat labelled classes"
_ALL = "prompt system history"


@record_format("OpenAI chat", _CHAT, _ALL, fields="messages=messages")
def openai_chat(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Messages with role and content."""
    return {"messages": turns(one, wrap)}


@record_format("OpenAI chat with weight", _CHAT, _ALL)
def openai_weight(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Answers that are not trained on have the weight 0."""
    said = turns(one, wrap)
    answers = [turn for turn in said if turn["role"] == "assistant"]
    for turn in answers:
        turn["weight"] = int(turn is answers[-1])
    return {"messages": said}


@record_format("Anthropic", _CHAT, _ALL)
def anthropic(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """The system prompt beside the messages."""
    system = {"system": one.system} if one.system else {}
    return {**system, "messages": turns(one, wrap, parts=(False, True))}


@record_format("Bedrock", _CHAT, _ALL)
def bedrock(one: Sample) -> dict[str, Any]:
    """Texts in blocks without a type."""
    said = turns(one, lambda text: [{"text": text}], parts=(False, True))
    system = {"system": [{"text": one.system}]} if one.system else {}
    return {"schemaVersion": "bedrock-conversation-2024", **system, "messages": said}


@record_format("Gemini", _CHAT, _ALL, fields="messages=contents")
def gemini(one: Sample) -> dict[str, Any]:
    """Contents with parts; the assistant is called model."""
    said = turns(
        one,
        lambda text: [{"text": text}],
        names=("system", "user", "model"),
        keys=("role", "parts"),
        parts=(False, True),
    )
    system = {"role": "system", "parts": [{"text": one.system}]}
    return {"systemInstruction": system, "contents": said} if one.system else {"contents": said}


@record_format("Vertex text", _CHAT)
def vertex_text(one: Sample) -> dict[str, Any]:
    """The older format of Vertex."""
    return {"input_text": one.prompt, "output_text": one.answer or one.label}


@record_format("Cohere", _CHAT, _ALL)
def cohere(one: Sample) -> dict[str, Any]:
    """Roles with capitals."""
    return {"messages": turns(one, names=("System", "User", "Chatbot"))}


@record_format("Cohere chat history", _CHAT, _ALL)
def cohere_history(one: Sample) -> dict[str, Any]:
    """What was said before apart from the message."""
    before = turns(one, names=("SYSTEM", "USER", "CHATBOT"), keys=("role", "message"))[:-2]
    return {"chat_history": before, "message": one.prompt, "response": one.answer or one.label}


@record_format("Mistral", _CHAT, _ALL)
def mistral(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Messages, and an answer that is a prefix."""
    said = turns(one, wrap)
    said[-1]["prefix"] = False
    return {"messages": said}


@record_format("ShareGPT", _CHAT, _ALL, fields="messages=conversations")
def sharegpt(one: Sample) -> dict[str, Any]:
    """Conversations with from and value."""
    return {
        "id": f"c{one.number}",
        "conversations": turns(one, names=("system", "human", "gpt"), keys=("from", "value")),
    }


@record_format("LLaMA-Factory ShareGPT", _CHAT, _ALL)
def llama_factory_sharegpt(one: Sample) -> dict[str, Any]:
    """The system prompt and the tools beside the conversations."""
    said = turns(one, names=("system", "human", "gpt"), keys=("from", "value"), parts=(False, True))
    return {"conversations": said, "system": one.system, "tools": ""}


@record_format("LLaMA-Factory Alpaca", _CHAT, _ALL)
def llama_factory_alpaca(one: Sample) -> dict[str, Any]:
    """Columns of Alpaca with system and history."""
    told = {"instruction": one.prompt, "input": "", "output": one.answer or one.label}
    return {**told, "system": one.system, "history": [list(pair) for pair in one.history]}


@record_format("LLaMA-Factory v1", _CHAT, _ALL)
def llama_factory_v1(one: Sample) -> dict[str, Any]:
    """Parts with value and a weight of the loss."""
    said = turns(one, lambda text: [{"type": "text", "value": text}])
    for turn in said:
        turn["loss_weight"] = float(turn["role"] == "assistant")
    return {"messages": said}


@record_format("Alpaca", _CHAT, fields="text=instruction completion=output")
def alpaca(one: Sample) -> dict[str, Any]:
    """Instruction, input, output."""
    return {"instruction": one.prompt, "input": "", "output": one.answer or one.label}


@record_format("Alpaca with input", _CHAT)
def alpaca_input(one: Sample) -> dict[str, Any]:
    """The text in the input, the same instruction everywhere."""
    return {"instruction": "Reply to this.", "input": one.prompt, "output": one.answer or one.label}


@record_format("Alpaca with text", _CHAT)
def alpaca_text(one: Sample) -> dict[str, Any]:
    """All again in a field with the template."""
    told = alpaca(one)
    return {**told, "text": f"### Instruction:\n{one.prompt}\n\n### Response:\n{told['output']}"}


@record_format("Axolotl segments", _CHAT, _ALL)
def axolotl_segments(one: Sample) -> dict[str, Any]:
    """Pieces of text, of which some are trained on."""
    return {
        "segments": [
            {"label": turn["role"] == "assistant", "text": f"{turn['role']}: {turn['content']}\n"}
            for turn in turns(one)
        ]
    }


@record_format("Axolotl chat_template", _CHAT, _ALL)
def axolotl_chat(one: Sample) -> dict[str, Any]:
    """Messages that say whether they are trained on."""
    return {"messages": [{**turn, "training": turn["role"] == "assistant"} for turn in turns(one)]}


@record_format("Axolotl input_output", _CHAT, _ALL)
def axolotl_input_output(one: Sample) -> dict[str, Any]:
    """Text and answers in turns in one list under another name."""
    said = turns(one, names=("system", "human", "assistant"), keys=("role", "text"))
    return {"dialog": said, "dataset": "house"}


@record_format("TRL prompt-completion", _CHAT, fields="text=prompt completion=completion")
def trl_prompt_completion(one: Sample) -> dict[str, Any]:
    """Two texts."""
    return {"prompt": one.prompt, "completion": one.answer or one.label}


@record_format("TRL conversational prompt-completion", _CHAT, _ALL)
def trl_conversational(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """Two lists of turns."""
    said = turns(one, wrap)
    return {"prompt": said[:-1], "completion": said[-1:]}


@record_format("TRL language modelling", "chat", _ALL)
def trl_text(one: Sample) -> dict[str, Any]:
    """A rendered template as text."""
    return {"text": "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in turns(one))}


@record_format("Guanaco text", "chat", "prompt history")
def guanaco(one: Sample) -> dict[str, Any]:
    """Human and assistant in one text."""
    said = turns(one, names=("", "### Human", "### Assistant"), parts=(False, True))
    return {"text": "".join(f"{turn['role']}: {turn['content']}" for turn in said)}


@record_format("ms-swift", _CHAT, _ALL)
def ms_swift(one: Sample) -> dict[str, Any]:
    """Query and response, with system and history."""
    told = {"query": one.prompt, "response": one.answer or one.label}
    return {"system": one.system, **told, "history": [list(pair) for pair in one.history]}


@record_format("LIMA", _CHAT, "prompt history")
def lima(one: Sample) -> dict[str, Any]:
    """Turns as plain strings."""
    return {"conversations": [turn["content"] for turn in turns(one, parts=(False, True))], "source": "house"}


@record_format("UltraChat data", _CHAT, "prompt history")
def ultrachat(one: Sample) -> dict[str, Any]:
    """The same under another name."""
    return {"id": str(one.number), "data": [turn["content"] for turn in turns(one, parts=(False, True))]}


@record_format("XTuner", _CHAT, _ALL)
def xtuner(one: Sample) -> dict[str, Any]:
    """Pairs of input and output."""
    pairs = [*one.history, (one.prompt, one.answer or one.label)]
    said: list[dict[str, Any]] = [{"input": asked, "output": told} for asked, told in pairs]
    said[0] = {"system": one.system, **said[0]}
    return {"conversation": said}


@record_format("Firefly", _CHAT, "prompt history")
def firefly(one: Sample) -> dict[str, Any]:
    """Pairs of human and assistant."""
    pairs = [*one.history, (one.prompt, one.answer or one.label)]
    return {
        "conversation_id": one.number,
        "conversation": [{"human": asked, "assistant": told} for asked, told in pairs],
    }


@record_format("Open Assistant", _CHAT, "prompt history")
def open_assistant(one: Sample) -> dict[str, Any]:
    """A thread of messages with text and role prompter."""
    said = turns(one, names=("", "prompter", "assistant"), keys=("role", "text"), parts=(False, True))
    return {"thread": said, "message_tree_id": f"t{one.number}"}


@record_format("speakers", _CHAT, "prompt history")
def speakers(one: Sample) -> dict[str, Any]:
    """Speaker and text, as in datasets of dialogues."""
    said = turns(one, names=("", "USER", "SYSTEM"), keys=("speaker", "utterance"), parts=(False, True))
    return {"dialogue_id": f"d{one.number}", "turns": said}


@record_format("Dolly", "chat")
def dolly(one: Sample) -> dict[str, Any]:
    """Instruction, context, response, and a kind of task."""
    task = ("open_qa", "brainstorming", "summarization")[one.number % 3]
    return {"instruction": one.prompt, "context": "", "response": one.answer, "category": task}


@record_format("OpenOrca", _CHAT, "prompt system")
def open_orca(one: Sample) -> dict[str, Any]:
    """System prompt, question, response."""
    told = {"question": one.prompt, "response": one.answer or one.label}
    return {"id": f"flan.{one.number}", "system_prompt": one.system, **told}


@record_format("inputs and targets", _CHAT)
def flan(one: Sample) -> dict[str, Any]:
    """As in FLAN and T0."""
    return {"inputs": one.prompt, "targets": one.answer or one.label}


@record_format("input and target", _CHAT)
def belle(one: Sample) -> dict[str, Any]:
    """As in BELLE."""
    return {"input": one.prompt, "target": one.answer or one.label}


@record_format("several answers", "chat")
def several_answers(one: Sample) -> dict[str, Any]:
    """Question with a list of answers, as in SQuAD."""
    return {"question": one.prompt, "answers": {"text": [one.answer], "answer_start": [0]}}


@record_format("translation", "chat")
def translation(one: Sample) -> dict[str, Any]:
    """A pair of languages in an object."""
    return {"translation": {"en": one.prompt, "xx": one.answer}}


@record_format("TRL process reward", "chat")
def process_reward(one: Sample) -> dict[str, Any]:
    """Steps and a label for each."""
    return {"prompt": one.prompt, "completions": ["First look at it.", one.answer], "labels": [True, True]}


@record_format("Argilla records", "chat")
def argilla_chat(one: Sample) -> dict[str, Any]:
    """Fields and responses of annotators."""
    told = {"values": {"reply": {"value": one.answer}}, "status": "submitted", "user_id": f"u{one.number % 3}"}
    return {"id": f"r{one.number}", "fields": {"instruction": one.prompt}, "responses": [told]}


@record_format("image parts with caption", "image", "caption prompt")
def image_caption(one: Sample) -> dict[str, Any]:
    """An image with its caption before the text."""
    image = {"type": "image", "image": f"images/{one.number:05d}.png", "caption": one.caption}
    said = [image, {"type": "text", "text": one.prompt}]
    return {"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": one.answer}]}


@record_format("image parts with alt", "image", "caption prompt")
def image_alt(one: Sample) -> dict[str, Any]:
    """An alternative text inside the address of an image."""
    image = {"type": "image_url", "image_url": {"url": f"images/{one.number:05d}.png", "alt": one.caption}}
    said = [{"type": "text", "text": one.prompt}, image]
    return {"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": one.answer}]}


@record_format("image with caption beside", "image", "caption prompt")
def image_beside(one: Sample) -> dict[str, Any]:
    """As in LLaVA, with a field for the caption."""
    said = [{"from": "human", "value": f"<image>\n{one.prompt}"}, {"from": "gpt", "value": one.answer}]
    return {"image": f"{one.number:05d}.jpg", "caption": one.caption, "conversations": said}


@record_format("image named after its caption", "image", "caption prompt")
def image_name(one: Sample) -> dict[str, Any]:
    """A file name that says what is seen."""
    name = "_".join(one.caption.rstrip(".").split())
    said = [{"type": "image", "path": f"images/{name}.png"}, {"type": "text", "text": one.prompt}]
    return {"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": one.answer}]}
