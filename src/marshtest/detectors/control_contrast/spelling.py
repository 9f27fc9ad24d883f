"""British or American: which of two spelling systems a text keeps to."""

from __future__ import annotations

import re

__all__ = ["american_spellings", "british_spellings"]

_OUR = (
    "arbour armour behaviour candour clamour colour demeanour endeavour favour fervour flavour glamour harbour honour "
    "humour labour neighbour odour parlour rancour rigour rumour saviour savour splendour tumour valour vapour vigour"
)
_ISE = (
    "analy apolog author capital categor central character civil critic dramat econom emphas energ equal final "
    "formal general global harmon hospital ideal immun industrial legal local maxim memor minim mobil modern moral "
    "national neutral normal optim organ personal popular prior real recogn reorgan special stabil standard summar "
    "symbol sympath utilit util visual vital"
)
_RE = "calib cent fib lit lust meag sab scept somb specta theat"
_LL = "cancel channel counsel dial fuel label level marvel model quarrel signal total travel"

_SUFFIX = r"(?:s|ed|ing|er|ers|ful|ite|ites|able|hood|ly)?"
_ROOTS_OUR = "|".join(word.removesuffix("our") for word in _OUR.split())
_ROOTS_ISE = "|".join(_ISE.split())
_ROOTS_RE = "|".join(_RE.split())
_ROOTS_LL = "|".join(_LL.split())
_BRITISH = re.compile(
    rf"\b(?:(?:{_ROOTS_OUR})our{_SUFFIX}|(?:{_ROOTS_ISE})[iy]s(?:e[ds]?|ing|ation|ations|ers?)|(?:{_ROOTS_RE})res?"
    rf"|(?:{_ROOTS_LL})l(?:ed|ing|er|ers)|defence|offence|licence|cheque|grey|tyres?|programmes?|catalogues?|aluminium"
    r"|whilst|amongst|learnt|jewellery|pyjamas|mum|maths)\b",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"\b(?:(?:{_ROOTS_OUR})or{_SUFFIX}|(?:{_ROOTS_ISE})[iy]z(?:e[ds]?|ing|ation|ations|ers?)|(?:{_ROOTS_RE})ers?"
    rf"|(?:{_ROOTS_LL})(?:ed|ing|er|ers)|defense|offense|license|gray|tires?|catalogs?|aluminum|jewelry|pajamas|mom"
    r"|math)\b",
    re.IGNORECASE,
)


def british_spellings(text: str) -> int:
    """Count the words that only British English spells so."""
    return len(_BRITISH.findall(text))


def american_spellings(text: str) -> int:
    """Count the words that only American English spells so."""
    return len(_AMERICAN.findall(text))
