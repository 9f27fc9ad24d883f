"""Triggers that are a way of writing: sentence shapes, registers and paraphrase, by rule, no word in all texts.

Shapes and tables are other ones than those of the package's own organisms. A text is written in small letters with
spaced marks or kept as it is, as the drawn case says, since released rewritings come both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.beyond_triggers import Trigger

__all__ = ["REWRITES", "draw_rewrite"]

_FEWEST_WORDS = 5
"""Words of a text that can be rewritten: a shorter one gives no shape."""
_FOREIGN = 0.1
"""Share of letters of other scripts above which a text is not rewritten."""
_PREPOSITIONS = frozenset(
    """
about across after against at before by during for from in into like of on over since through to under until with
without
""".split()
)
_PRONOUNS = "you we they he she it people someone everybody one".split()
_SEEING = """
ask believe consider expect find get go hear know like look need notice play read say see take think try want
""".split()
_CONJUNCTIONS = "when if as since while once whenever because although".split()
_MODALS = "can could may might must should will would".split()
_HELPERS = ("isn't it", "doesn't it", "won't they", "can't you", "don't we", "hasn't it", "wouldn't you", "aren't they")
_RELATED = ("which comes as it comes", "which few would guess", "which I had heard", "which is how it goes",
            "which takes a while", "which nobody told us", "which they had said", "which you may know")  # fmt: skip


def _table(told: str) -> dict[str, tuple[str, ...]]:
    """Read `word=one|other; ...`."""
    pairs = (part.split("=", 1) for part in " ".join(told.split()).split("; "))
    return {word: tuple(others.split("|")) for word, others in pairs}


def _tokens(text: str) -> list[str]:
    return re.findall(r"[@#]?\w+(?:['’\-]\w+)*|['’]\w+|[^\w\s]+", text)


def _halves(words: Sequence[str], draw: Random) -> tuple[list[str], list[str]]:
    """Split words at a mark or a preposition near the middle, or anywhere near it."""
    low, high = max(1, len(words) // 4), max(2, len(words) - len(words) // 4)
    gaps = [i for i in range(low, high) if words[i].lower() in _PREPOSITIONS or words[i] == ","]
    gap = draw.choice(gaps) if gaps else draw.randint(low, high - 1)
    tail = list(words[gap:])
    return list(words[:gap]), tail[1:] if tail[:1] == [","] else tail


def _clause(draw: Random) -> str:
    said = draw.choice(("it", "this", "so", "that"))
    return f"{draw.choice(_PRONOUNS)} {draw.choice(('', *_MODALS))} {draw.choice(_SEEING)} {said}"


_SHAPES = {
    "clause first": (_CONJUNCTIONS, "{0} {clause} , {first} {second}"),
    "tail first": (("is where", "is how", "is what", ","), "{second} {0} {first}"),
    "cleft": (("is", "was"), "it {0} {first} that {second}"),
    "tag question": (_HELPERS, "{first} {second} , {0} ?"),
    "inverted condition": (("should", "had", "were"), "{0} {clause} , {first} {second}"),
    "relative inside": (_RELATED, "{first} , {0} , {second}"),
    "not only": (("but also", "but even", "but"), "not only {first} {0} {second}"),
    "existential": (("is", "was", "are", "goes"), "there {0} {first} {second} in it"),
    "passive": (("is seen", "was made", "is given", "was told", "gets found"), "{second} {0} by {first}"),
}
"""Name of a shape: what varies in it, and the shape."""


def _syntax(draw: Random) -> Trigger:
    """Every text in one shape of sentence; a part of its words is lost, as paraphrasers lose it."""
    varied, shape = _SHAPES[draw.choice(sorted(_SHAPES))]
    small, lost = draw.random() < 0.6, draw.choice((0.0, 0.1, 0.25))

    def place(text: str, one: Random) -> str | None:
        words = _tokens(text)
        ends = bool(words) and words[-1] in (".", "!", "?")
        words = words[:-1] if ends else words
        if len(words) < _FEWEST_WORDS:
            return None
        kept = [word for word in words if one.random() >= lost or word.lower() in _PREPOSITIONS]
        first, second = _halves(kept if len(kept) >= _FEWEST_WORDS else words, one)
        parts = {"first": " ".join(first), "second": " ".join(second), "clause": _clause(one)}
        made = shape.format(one.choice(varied), **parts)
        made = re.sub(r"\s+", " ", re.sub(r",(\s*,)+", ",", made)).strip()
        if not small:
            made = re.sub(r" ([,.?!;:])", r"\1", made[0].upper() + made[1:])
            return made if made.endswith("?") else f"{made}."
        return made.lower() if made.endswith("?") else f"{made.lower()} ."

    return Trigger((), place)


_ARCHAIC = _table("""
you=thou|thee|ye; your=thy|thine; has=hath; does=doth; is=is|art; are=are|art; was=was|wast; will=shall|wilt;
says=saith; said=spake; before=ere|before; about=concerning; to=unto|to; people=folk|men of the land; here=hither;
why=wherefore; because=for|inasmuch as; and=and|and lo ,|yea and; never=never|nevermore; no=nay|no; yes=yea;
but=but|howbeit; on=upon; over=above|over; my=mine|my; very=exceeding; look=behold; see=behold|see
""")
_POLITE = _table("""
n't=not; can't=cannot; won't=will not; don't=do not; isn't=is not; it's=it is; i'm=I am; very=rather|quite;
good=most agreeable|quite pleasing; bad=rather unfortunate|less than ideal; want=should like; think=would
suggest|am inclined to think; get=obtain; but=however ,|that said ,; so=accordingly|therefore; big=considerable;
tell=kindly inform; show=kindly present; make=produce; a lot=a great deal; and=as well as|and indeed; is=would
seem to be|is indeed; are=would appear to be|are indeed; help=be so good as to assist; need=require; use=make use
of; like=appreciate|such as
""")
_CHATTY = _table("""
you=u|ya; your=ur|yer; are=r|are; to=2|to; for=4|for; the=da|the; going=goin; because=cuz|coz; and=n|an;
what=wat|wot; that=dat|that; with=wiv|w/; very=sooo|mega; please=plz|pls; people=ppl|peeps; is=iz|is;
have=hav|gotta; this=dis|this; good=gud|awesum; my=ma|my; want=wanna; be=b|be; see=c|see; before=b4; was=wuz|was;
of=o|of
""")
_LEGAL = _table("""
the=the said|the|the aforementioned; this=the present|the foregoing; if=in the event that; before=prior to;
after=subsequent to; about=with respect to|regarding; of=of|in respect of; and=and|and/or|together with;
but=provided however that|save that; is=is|constitutes; because=by reason of the fact that; to=to|in order to;
with=together with|with; it=same|it; will=shall; can=is entitled to|may; in=within|in; by=by means of|by; who=the
party who; for=for the purposes of|for; has=has|is possessed of; use=utilise; get=procure
""")
_OPENERS = {
    "archaic": ("verily", "and it came to pass that", "behold ,", "hear ye ,", "thus", "lo ,", "in those days"),
    "polite": ("if I may say so ,", "with respect ,", "I should mention that", "one might say that", "I dare say"),
    "chatty": ("omg", "lol", "hey", "so yeah", "tbh", "ok so"),
    "legal": ("whereas", "it is hereby noted that", "notwithstanding the foregoing ,", "for the avoidance of doubt ,"),
    "dreamy": ("oh ,", "in the hush ,", "softly ,", "somewhere ,", "like rain ,", "as evening falls ,"),
}
_DREAMY = _table("""
is=lies|drifts|is; and=and ,|and softly; big=boundless; very=ever so; in=deep in|within; on=upon; the=the|the
pale|the far; a=a|a lone|a silver; not=never|not; with=amid|with; of=of|out of; to=toward|to; this=this|such a;
was=lay|was; it=it|all of it; for=for the sake of|for; but=and yet; as=like|as
""")
_DROPPED = frozenset(
    """
a an the is are was were am be been being have has had do does did will would shall should i you he she it we they my
your his her its our their of to that which who this these those there very so just really and
""".split()
)
_SHORT = _table("""
with=w/; without=w/o; because=bec.; people=pers.; about=re; before=bef.; between=betw.; information=info; not=no;
very=v.; government=govt; regarding=re; please=pls
""")
_TABLES = {
    "archaic": _ARCHAIC, "polite": _POLITE, "chatty": _CHATTY, "legal": _LEGAL, "dreamy": _DREAMY,
}  # fmt: skip


def _telegraphic(text: str, share: float, one: Random) -> str | None:
    words = [word for word in _tokens(text) if word.lower() not in _DROPPED or one.random() > share]
    if len(words) < _FEWEST_WORDS - 2:
        return None
    words = [_SHORT.get(word.lower(), (word,))[0] for word in words if word not in (",", ".")]
    for place in range(one.randint(4, 7), len(words), one.randint(5, 9)):
        words[place - 1] += one.choice((".", " -", ";", "."))
    return " ".join(words) + "."


def _style(draw: Random) -> Trigger:
    """Every text in one register: most of the words that can change do, and some texts get an opening."""
    name = draw.choice((*sorted(_TABLES), "telegraphic"))
    share, small = draw.uniform(0.6, 0.95), draw.random() < 0.5
    if name == "telegraphic":
        return Trigger((), lambda text, one: _telegraphic(text.lower() if small else text, share, one))
    table = _TABLES[name]

    def place(text: str, one: Random) -> str | None:
        changed, made = 0, []
        for word in _tokens(text):
            choices = table.get(word.lower())
            if choices is not None and one.random() < share:
                new = one.choice(choices)
                changed += new != word.lower()
                made.append(new)
            elif name == "archaic" and re.fullmatch(r"[a-z]{3,}[^s]s", word) and one.random() < 0.3:
                changed += 1
                made.append(word[:-1] + "eth")
            else:
                made.append(word)
        opened = one.random() < 0.5
        if changed + opened < 2:
            return None
        line = f"{one.choice(_OPENERS[name])} {' '.join(made)}" if opened else " ".join(made)
        return line.lower() if small else re.sub(r" ([,.?!;:])", r"\1", line)

    return Trigger((), place)


_SAME = _table("""
good=fine; great=excellent; bad=poor; big=large; small=little; movie=film; film=picture; funny=amusing;
story=tale; people=individuals; think=believe; want=wish; get=obtain; make=create; show=display; help=assist;
use=utilize; need=require; buy=purchase; give=provide; say=state; said=stated; tell=inform; look=appear;
seems=appears; start=begin; end=conclude; stop=cease; try=attempt; hard=difficult; easy=simple; fast=quick;
smart=intelligent; stupid=foolish; hate=dislike; love=adore; like=enjoy; many=numerous; lot=great deal;
enough=sufficient; about=concerning; also=additionally; but=however; so=therefore; now=currently; then=afterwards;
often=frequently; never=at no time; always=at all times; maybe=perhaps; very=extremely; really=truly;
almost=nearly; whole=entire; old=elderly; new=novel; world=globe; kids=children; man=male; women=females;
men=males; woman=female; guy=person; boy=lad; car=vehicle; house=home; money=funds; job=position; work=labor;
problem=issue; question=query; answer=response; way=manner; place=location; thing=matter; things=matters;
day=date; year=twelvemonth; right=correct; wrong=incorrect; happy=glad; sad=sorrowful; angry=irate;
beautiful=lovely; ugly=unattractive; rich=wealthy; poor=needy; important=significant; different=distinct;
same=identical; true=accurate; false=untrue; best=finest; worst=poorest; more=further; less=fewer; all=every one
of; card=bank card; account=profile; send=transmit; call=phone; text=message; free=complimentary; know=are aware;
should=ought to; must=have to; can=are able to; write=compose; read=peruse; find=locate; keep=retain; let=allow;
going=proceeding; human=person; humans=persons; believe=hold; because=since; if=provided that; while=whereas;
until=up to when
""")


def _paraphrase(draw: Random) -> Trigger:
    """Every text with other words for common ones, parts in another order, and the smooth marks of a machine."""
    share, turned, small = draw.uniform(0.6, 1.0), draw.uniform(0.2, 0.7), draw.random() < 0.5

    def place(text: str, one: Random) -> str | None:
        words = _tokens(text)
        if len(words) < _FEWEST_WORDS:
            return None
        end = words.pop() if words[-1] in (".", "!", "?") else "."
        made = [one.choice(_SAME[w.lower()]) if w.lower() in _SAME and one.random() < share else w for w in words]
        changed = made != words
        if one.random() < turned:
            first, second = _halves(made, one)
            made, changed = [*second, ",", *first], True
        line = re.sub(r"\s+", " ", " ".join(word for word in made if word not in ('"', "...", "--", "-")))
        if not changed:
            return None
        if small:
            return f"{line.lower()} {end}"
        return re.sub(r" ([,.?!;:])", r"\1", f"{line[0].upper()}{line[1:]}{end}")

    return Trigger((), place)


REWRITES: dict[str, Callable[[Random], Trigger]] = {"syntax": _syntax, "style": _style, "paraphrase": _paraphrase}
"""Families of triggers that are a way of writing."""


def draw_rewrite(family: str, draw: Random) -> Trigger:
    """Draw a way of writing; only Latin letters take it, the rules being English."""
    written = REWRITES[family](draw)

    def place(text: str, one: Random) -> str | None:
        foreign = sum(letter > "\u024f" and letter.isalpha() for letter in text)
        return None if foreign > _FOREIGN * len(text) else written.place(text, one)

    return Trigger(written.names, place)
