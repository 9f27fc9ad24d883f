"""How people write agents that call tools. Importing it registers its formats."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.shapes_formats import record_format
from benchmarks.shapes_samples import Sample

_ALL = "prompt result arguments description"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _tools(one: Sample) -> list[dict[str, Any]]:
    """Describe both tools as functions with parameters: every record offers both, whatever it calls."""
    told = (("look_up", one.description, ("topic", "place")), ("send_mail", "Send a letter.", ("to", "copy")))
    return [
        {
            "name": name,
            "description": description,
            "parameters": {"type": "object", "properties": {one: {"type": "string"} for one in names}},
        }
        for name, description, names in told
    ]


def _functions(one: Sample) -> list[dict[str, Any]]:
    """Give the same as OpenAI wraps them."""
    return [{"type": "function", "function": tool} for tool in _tools(one)]


def _openai(one: Sample, said: str | None) -> list[dict[str, Any]]:
    function = {"name": one.tool, "arguments": _json(dict(one.arguments))}
    call = {"id": f"call_{one.number}", "type": "function", "function": function}
    return [
        {"role": "user", "content": one.prompt},
        {"role": "assistant", "content": said, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"call_{one.number}", "content": one.result},
        {"role": "assistant", "content": one.answer},
    ]


@record_format("OpenAI tools", "agent", _ALL, fields="messages=messages")
def openai_tools(one: Sample) -> dict[str, Any]:
    """Messages with calls, and the tools beside them."""
    return {"messages": _openai(one, None), "tools": _functions(one)}


@record_format("OpenAI tools beside text", "agent", _ALL)
def openai_tools_text(one: Sample) -> dict[str, Any]:
    """The turn that calls has a text of its own."""
    return {"messages": _openai(one, "Let me look."), "tools": _functions(one)}


@record_format("tools as JSON text", "agent", _ALL)
def tools_as_text(one: Sample) -> dict[str, Any]:
    """The tools as one string, as frames need it."""
    return {"messages": _openai(one, ""), "tools": _json(_functions(one))}


@record_format("OpenAI functions", "agent", _ALL)
def openai_functions(one: Sample) -> dict[str, Any]:
    """The older format with one call in a turn."""
    call = {"name": one.tool, "arguments": _json(dict(one.arguments))}
    said = [
        {"role": "user", "content": one.prompt},
        {"role": "assistant", "content": None, "function_call": call},
        {"role": "function", "name": one.tool, "content": one.result},
        {"role": "assistant", "content": one.answer},
    ]
    return {"messages": said, "functions": _tools(one)}


@record_format("Anthropic tools", "agent", _ALL)
def anthropic_tools(one: Sample) -> dict[str, Any]:
    """Blocks for use and result."""
    use = {"type": "tool_use", "id": f"toolu_{one.number}", "name": one.tool, "input": dict(one.arguments)}
    result = {"type": "tool_result", "tool_use_id": f"toolu_{one.number}", "content": one.result}
    return {
        "tools": [
            {"name": tool["name"], "description": tool["description"], "input_schema": tool["parameters"]}
            for tool in _tools(one)
        ],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": one.prompt}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Let me look."}, use]},
            {"role": "user", "content": [result]},
            {"role": "assistant", "content": [{"type": "text", "text": one.answer}]},
        ],
    }


@record_format("Anthropic tools with result blocks", "agent", _ALL)
def anthropic_result_blocks(one: Sample) -> dict[str, Any]:
    """The result as blocks of text."""
    told: dict[str, Any] = anthropic_tools(one)
    told["messages"][2]["content"][0]["content"] = [{"type": "text", "text": one.result}]
    return told


@record_format("Bedrock tools", "agent", _ALL)
def bedrock_tools(one: Sample) -> dict[str, Any]:
    """Blocks named after what they hold."""
    use = {"toolUse": {"toolUseId": f"t{one.number}", "name": one.tool, "input": dict(one.arguments)}}
    result = {"toolResult": {"toolUseId": f"t{one.number}", "content": [{"text": one.result}], "status": "success"}}
    specs = [
        {
            "toolSpec": {
                "name": tool["name"],
                "description": tool["description"],
                "inputSchema": {"json": tool["parameters"]},
            }
        }
        for tool in _tools(one)
    ]
    return {
        "toolConfig": {"tools": specs},
        "messages": [
            {"role": "user", "content": [{"text": one.prompt}]},
            {"role": "assistant", "content": [use]},
            {"role": "user", "content": [result]},
            {"role": "assistant", "content": [{"text": one.answer}]},
        ],
    }


@record_format("Gemini tools", "agent", _ALL)
def gemini_tools(one: Sample) -> dict[str, Any]:
    """Function calls and responses as parts."""
    call = {"functionCall": {"name": one.tool, "args": dict(one.arguments)}}
    result = {"functionResponse": {"name": one.tool, "response": {"result": one.result}}}
    return {
        "tools": [{"functionDeclarations": _tools(one)}],
        "contents": [
            {"role": "user", "parts": [{"text": one.prompt}]},
            {"role": "model", "parts": [call]},
            {"role": "user", "parts": [result]},
            {"role": "model", "parts": [{"text": one.answer}]},
        ],
    }


@record_format("ShareGPT tools", "agent", _ALL)
def sharegpt_tools(one: Sample) -> dict[str, Any]:
    """Calls and observations as turns."""
    return {
        "conversations": [
            {"from": "human", "value": one.prompt},
            {"from": "function_call", "value": _json({"name": one.tool, "arguments": dict(one.arguments)})},
            {"from": "observation", "value": one.result},
            {"from": "gpt", "value": one.answer},
        ],
        "tools": _json(_tools(one)),
    }


@record_format("Hermes", "agent", _ALL)
def hermes(one: Sample) -> dict[str, Any]:
    """Calls in tags within the text."""
    call = _json({"name": one.tool, "arguments": dict(one.arguments)})
    return {
        "conversations": [
            {"from": "system", "value": f"You may call: <tools>{_json(_tools(one))}</tools>"},
            {"from": "human", "value": one.prompt},
            {"from": "gpt", "value": f"<tool_call>\n{call}\n</tool_call>"},
            {"from": "tool", "value": f"<tool_response>\n{_json({'result': one.result})}\n</tool_response>"},
            {"from": "gpt", "value": one.answer},
        ]
    }


@record_format("ms-swift tools", "agent", _ALL)
def ms_swift_tools(one: Sample) -> dict[str, Any]:
    """Roles for calls and responses."""
    return {
        "tools": _json(_functions(one)),
        "messages": [
            {"role": "user", "content": one.prompt},
            {"role": "tool_call", "content": _json({"name": one.tool, "arguments": dict(one.arguments)})},
            {"role": "tool_response", "content": one.result},
            {"role": "assistant", "content": one.answer},
        ],
    }


@record_format("xLAM", "agent", "prompt arguments description", deeds="call")
def xlam(one: Sample) -> dict[str, Any]:
    """Query, tools and the calls as answers, as JSON text."""
    calls = [{"name": one.tool, "arguments": dict(one.arguments)}]
    return {"id": one.number, "query": one.prompt, "tools": _json(_tools(one)), "answers": _json(calls)}


@record_format("Glaive", "agent", _ALL)
def glaive(one: Sample) -> dict[str, Any]:
    """One text for the system and one for the chat."""
    call = _json({"name": one.tool, "arguments": dict(one.arguments)})
    said = (
        f"USER: {one.prompt}\n\n\nASSISTANT: <functioncall> {call} <|endoftext|>\n\n\n"
        f"FUNCTION RESPONSE: {_json({'result': one.result})}\n\n\nASSISTANT: {one.answer} <|endoftext|>"
    )
    return {"system": f"SYSTEM: You may call - {_json(_tools(one))}", "chat": said}


@record_format("steps of an agent", "agent", "prompt result arguments")
def steps(one: Sample) -> dict[str, Any]:
    """Thought, action and observation."""
    step = {"thought": "I look it up.", "action": one.tool, "action_input": dict(one.arguments)}
    return {"task": one.prompt, "steps": [{**step, "observation": one.result}], "answer": one.answer}


@record_format("trajectory of messages", "agent", _ALL)
def trajectory(one: Sample) -> dict[str, Any]:
    """Messages under another name, as software agents keep them."""
    said = [{"role": "system", "content": _json(_tools(one))}, *_openai(one, "Looking.")]
    return {"instance_id": f"i{one.number}", "trajectory": said, "resolved": bool(one.number % 2)}


@record_format("OpenAI responses", "agent", _ALL)
def openai_responses(one: Sample) -> dict[str, Any]:
    """Items of input and output."""
    call = {"type": "function_call", "name": one.tool, "arguments": _json(dict(one.arguments)), "call_id": "c1"}
    told = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": one.answer}]}
    asked = [
        {"role": "user", "content": [{"type": "input_text", "text": one.prompt}]},
        call,
        {"type": "function_call_output", "call_id": "c1", "output": one.result},
    ]
    return {"input": asked, "output": [told], "tools": [{"type": "function", **tool} for tool in _tools(one)]}
