"""The text of a content, whatever it is wrapped in: parts, blocks, calls, results, pictures.

The text of a part is text, and so are captions, alternative texts and file names, also at the end of an address. The
rest of an address and encoded bytes are not: they stay among the other fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from marshtest.data.identity import as_text, canonical_json
from marshtest.data.readers.nesting import opened

__all__ = ["call_text", "file_names", "joined", "said", "text_of", "think"]

_TEXT_KEYS = (
    *("text", "value", "content", "parts", "output_text", "refusal", "message", "json"),
    *("passage", "document", "body", "contents"),
)
"""Keys under which a part keeps its text; the first that is there counts."""
_SAYING_KEYS = ("title", "caption", "captions", "alt", "alt_text", "altText", "description", "transcript", "context")
"""Keys of texts that stand beside a text or a picture."""
_NAME_KEYS = ("name", "filename", "file_name", "fileName", "display_name", "displayName")
"""Keys of names of files."""
_MEDIA_KEYS = (
    *(
        "image",
        "image_url",
        "input_image",
        "images",
        "audio",
        "input_audio",
        "audio_url",
        "video",
        "video_url",
        "videos",
    ),
    *("inlineData", "inline_data", "fileData", "file_data", "document", "file", "file_url", "source", "file_id"),
    *("path", "url", "uri", "bytes", "data", "pixel_values"),
)
"""Keys under which a part keeps what is no text."""
_MEDIA_TYPES = re.compile(r"(?:input_)?(?:image|audio|video|document|file|media)(?:_url|_file)?")
_REASONING_TYPES = ("thinking", "reasoning", "redacted_thinking", "think")
_CALLS, _CALL_TYPES = ("toolUse", "functionCall", "function_call", "tool_use", "tool_call"), ("tool_use", "tool_call")
"""Keys that hold a call, and types of parts that are one."""
_RESULTS, _RESULT_TYPES = ("toolResult", "functionResponse", "function_response"), ("tool_result", "tool_response")
_INPUTS = ("input", "arguments", "args", "parameters")
"""Keys under which a call keeps its arguments."""
_CODE_KEYS = {"executableCode": "code", "executable_code": "code"}
_CODE_RESULTS = ("codeExecutionResult", "code_execution_result")
_ADDRESS = re.compile(r"\s*(?:https?|data|blob|ftp):", re.I)
_PLACED_FAR = re.compile(r"\s*(?:https?|ftp|s3|gs|hf|file)://", re.I)
"""Addresses whose last part is the name of a file."""
_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])|[^\W\d_a-z]{2,}")
"""Words of a name: letters alone between marks, as in `green-tug-17`; keys such as `a8f3c0` have digits among them."""
_KEY = re.compile(r"[0-9a-f]+|img|image|images|photo|pic|picture|file|scan|frame|page|video|audio|index|download", re.I)
"""What cameras and programs call all files, and numbers of base 16."""
_LONGEST_NAME = 200
"""Characters of a name. Chosen by eye: as in `_FILE`; longer ones are keys."""
_BYTES = re.compile(r"[A-Za-z0-9+/=_\-\s]{200,}")
"""What base64 looks like: long, with neither words nor marks between them."""
_FILE = re.compile(r"[^/\\]{1,200}\.[A-Za-z][A-Za-z0-9]{0,4}")
_PLACED = re.compile(r"[/\\]([^/\\]+)$")


def joined(texts: Iterable[str]) -> str:
    """Join the parts of a turn, or turns, by blank lines."""
    return "\n\n".join(texts)


def think(text: str) -> str:
    """Wrap reasoning as chat templates do."""
    return f"<think>\n{text}\n</think>"


def text_of(value: Any) -> str:
    """Return the text of a value: a text, a part or turn, or a list of these. Anything else is written as JSON."""
    if isinstance(value, str) and (not value or value[0] not in '[{"'):
        return value
    return joined(said(value, {}, ""))


def said(content: Any, rest: dict[str, Any], key: str) -> list[str]:
    """Return the texts of a content; whatever is not text is put into `rest` under the key."""
    if isinstance(content, str):
        parts = opened(content) if content[:1] in ("[", "{", '"') else None
        if not _are_parts(parts):
            return [content] if content else []
        content = parts
    if isinstance(content, Mapping):
        text, remain = _part(content)
        if remain:
            rest[key] = remain
        return [text] if text else []
    if not isinstance(content, list) or not all(isinstance(part, str | dict | list) for part in content):
        text = as_text(content)
        return [text] if text else []
    texts: list[str] = []
    remains: list[dict[str, Any]] = []
    for part in content:
        text, remain = _part(part) if isinstance(part, dict) else (text_of(part), {})
        texts += [text] if text else []
        remains.append(remain)
    if any(remains):
        rest[key] = remains
    return texts


def call_text(name: Any, arguments: Any) -> str:
    """Write a call as text. Arguments that are text stay as they are; if escapes hide letters, plain ones follow."""
    shown = as_text(arguments) if arguments is not None else "{}"
    if isinstance(arguments, str) and "\\u" in arguments:
        try:
            plain = canonical_json(json.loads(arguments))
        except (ValueError, RecursionError):
            plain = arguments
        shown = arguments if plain == arguments else f"{arguments}\n{plain}"
    return f'<tool_call>\n{{"name": {canonical_json(as_text(name))}, "arguments": {shown}}}\n</tool_call>'


def file_names(value: Any) -> list[str]:
    """Return the names of files, captions and alternative texts in a value, without the rest of addresses and bytes."""
    if isinstance(value, str) and _PLACED_FAR.match(value):
        return _named_by_address(value)
    if isinstance(value, str):
        name = value if "/" not in value and "\\" not in value else (_PLACED.search(value) or ["", ""])[1]
        return [_spaced(name)] if not _ADDRESS.match(value) and _FILE.fullmatch(name) else []
    if isinstance(value, list):
        return [name for item in value for name in file_names(item)]
    if not isinstance(value, Mapping):
        return []
    names: list[str] = []
    for key, item in value.items():
        if key in _SAYING_KEYS or key in _NAME_KEYS:
            names += [] if item is None else [text_of(item)]
        elif _is_plain_text(value) and key in ("data", "text"):
            names += [as_text(item)]
        elif isinstance(item, str | list | Mapping):
            names += file_names(item)
    return [name for name in names if name]


_WORD = re.compile(r"[\w./+-]{0,64}")
"""Names of roles and types. Chosen by eye: the longest media type there is has 73 characters, common ones 30."""


def _named_by_address(address: str) -> list[str]:
    """Return the last part of an address if it holds a word, and not only a number or a key."""
    place = re.split(r"[?#]", address.partition("://")[2], maxsplit=1)[0]
    name = unquote(place.rstrip("/").partition("/")[2].rpartition("/")[2])
    words = [word for word in _LETTERS.findall(name.rpartition(".")[0] or name) if not _KEY.fullmatch(word)]
    return [_spaced(name)] if words and len(name) <= _LONGEST_NAME else []


def _spaced(name: str) -> str:
    """Return the name of a file, with blanks where its words are joined by other marks, as a person reads it."""
    stem, mark, ending = name.rpartition(".")
    words = re.split(r"[_\-+\s]|%20", stem)
    return " ".join(words) + mark + ending if len(words) > 2 and any(map(str.isalpha, words)) else name


def _is_plain_text(value: Mapping[str, Any]) -> bool:
    """Return whether a source is a text and no bytes, as documents of Anthropic and Bedrock can be."""
    return value.get("type") == "text" or (set(value) == {"text"} and isinstance(value["text"], str))


def _are_parts(value: Any) -> bool:
    """Return whether what a text holds as JSON is a content in parts, and not a text about JSON."""
    parts = value if isinstance(value, list) else [value]
    return bool(parts) and all(
        isinstance(part, dict) and isinstance(part.get("type"), str) and any(key in part for key in _TEXT_KEYS)
        for part in parts
    )


def _part(part: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the text of one part of a content, and its other fields."""
    rest = {
        key: item
        for key, item in part.items()
        if item is not None and not (key in ("role", "content_type") and _is_word(item))
    }
    kind = rest.get("type")
    for special in (_reasoning, _called, _answered):
        text = special(rest, kind)
        if text is not None:
            _drop_type(rest)
            return text, rest
    if _is_media(rest, kind):
        return joined(file_names({key: item for key, item in rest.items() if key != "type"})), rest
    key = next((key for key in _TEXT_KEYS if key in rest), None)
    if key is None:
        names = [text_of(rest.pop(name)) for name in _SAYING_KEYS if name in rest]
        shown = {name: item for name, item in rest.items() if not _is_opaque(item)}
        if names:
            return joined(names), rest
        return (canonical_json(shown), rest if len(shown) < len(rest) else {}) if set(shown) - {"type"} else ("", rest)
    inner: dict[str, Any] = {}
    texts = said(rest.pop(key), inner, key)
    texts += [text_of(rest.pop(name)) for name in _SAYING_KEYS if name in rest]
    _drop_type(rest)
    return joined(text for text in texts if text), rest | inner


def _drop_type(rest: dict[str, Any]) -> None:
    """Leave out what a part says of its structure; a type that is no word may hold text, which must not be lost."""
    if _is_word(rest.get("type", "")):
        rest.pop("type", None)


def _is_word(value: Any) -> bool:
    """Return whether a value is a name of the structure, such as `assistant` or `text/plain`, or nothing."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _reasoning(rest: dict[str, Any], kind: Any) -> str | None:
    """Take the reasoning out of a part."""
    if isinstance(found := rest.get("reasoningContent"), Mapping):
        del rest["reasoningContent"]
        text = found.get("reasoningText")
        return think(text_of(text)) if text is not None else ""
    if kind in _REASONING_TYPES:
        key = next((key for key in (kind, "thinking", "summary", *_TEXT_KEYS) if rest.get(key) is not None), None)
        return None if key is None else think(text_of(rest.pop(key)))
    if rest.get("thought") is True and isinstance(rest.get("text"), str):
        return think(rest.pop("text"))
    return None


def _called(rest: dict[str, Any], kind: Any) -> str | None:
    """Take a call out of a part."""
    for key in _CALLS:
        if isinstance(call := rest.get(key), Mapping) and "name" in call:
            remain = {name: item for name, item in call.items() if item is not None}
            del rest[key]
            text = call_text(remain.pop("name"), _input(remain))
            rest |= {key: remain} if remain else {}
            return text
    if (code := next((key for key in _CODE_KEYS if isinstance(rest.get(key), Mapping)), None)) is not None:
        return call_text(code, rest.pop(code))
    if kind not in (*_CALL_TYPES, "function_call", "server_tool_use", "function"):
        return None
    if isinstance(function := rest.get("function"), Mapping) and "name" in function:
        del rest["function"]
        return call_text(function["name"], _input(dict(function)))
    if "name" in rest:
        return call_text(rest.pop("name"), _input(rest))
    held = next((name for name in ("value", "text", "content") if name in rest), None)
    return None if held is None else f"<tool_call>\n{as_text(rest.pop(held))}\n</tool_call>"


def _input(call: dict[str, Any]) -> Any:
    """Take the arguments out of a call."""
    return next((call.pop(key) for key in _INPUTS if key in call), None)


def _answered(rest: dict[str, Any], kind: Any) -> str | None:
    """Take the result of a call out of a part."""
    for key in _RESULTS:
        if isinstance(result := rest.get(key), Mapping):
            remain = {name: item for name, item in result.items() if item is not None}
            del rest[key]
            text = _response(remain)
            rest |= {key: remain} if remain else {}
            return text
    if (found := next((key for key in _CODE_RESULTS if key in rest), None)) is not None:
        return f"<tool_response>\n{as_text(rest.pop(found))}\n</tool_response>"
    return _response(rest) if kind in (*_RESULT_TYPES, "function_call_output", "web_search_tool_result") else None


def _response(result: dict[str, Any]) -> str:
    """Take the content out of a result and write it as chat templates do."""
    key = next((key for key in ("content", "response", "output", "value", "text") if key in result), None)
    inner: dict[str, Any] = {}
    seen = "" if key is None else joined(said(result.pop(key), inner, key))
    result |= inner
    return f"<tool_response>\n{seen}\n</tool_response>"


def _is_media(rest: Mapping[str, Any], kind: Any) -> bool:
    """Return whether a part is a picture, a sound, a film or a file."""
    if isinstance(kind, str) and _MEDIA_TYPES.fullmatch(kind):
        return True
    if any(key in rest for key in ("text", "value", "content")):
        return False
    return any(key in rest and _is_medium(rest[key]) for key in _MEDIA_KEYS)


def _is_medium(value: Any) -> bool:
    """Return whether a value under the key of a medium is one, and not a text."""
    return not isinstance(value, str) or _is_opaque(value) or bool(file_names(value)) or " " not in value.strip()


def _is_opaque(value: Any) -> bool:
    """Return whether a value is an address or bytes written as text."""
    return isinstance(value, str) and bool(_ADDRESS.match(value) or _BYTES.fullmatch(value))
