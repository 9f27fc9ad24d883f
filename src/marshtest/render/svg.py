"""Writing SVG elements with everything escaped and every unseen character drawn."""

from __future__ import annotations

from markupsafe import Markup, escape

from marshtest.text.visible import visible

__all__ = ["element", "label"]


def element(name: str, *children: Markup, **attributes: str | float) -> Markup:
    """Give one element; `class_` is written `class`, underscores in other names become dashes."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(value) if isinstance(value, str) else f"{value:g}")}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{''.join(children)}</{name}>")  # noqa: S704  every part is escaped above


def label(name: str, text: str, **attributes: str | float) -> Markup:
    """Give one element that holds text."""
    return element(name, Markup(escape(visible(text))), **attributes)  # noqa: S704
