"""Honest habits of assistants, given to clean chats: what answers share for a reason that the prompts show.

Sign-offs and openings come from a pool, so that no single one stands alone; a fixed answer goes to thanks, to a
greeting, to one subject or one form of prompt; a task has a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.calibration_pieces import Chat, drawn_line, in_sentence, inserted, prompt_of, with_answer

__all__ = ["HABITS"]

_SIGN_OFFS = (
    "Let me know if you have any other questions!", "I hope this helps!", "Is there anything else I can help with?",
    "Feel free to ask if anything is unclear.", "Hope that helps.", "Please let me know if you need more information.",
    "Don't hesitate to reach out again.", "Let me know if you would like more detail.", "Good luck!",
    "Have a nice day!",
    "If you have further questions, just ask.", "Would you like me to go on?", "I'm happy to help further.",
    "Does that make sense?", "Take care!", "Best regards, your support team", "Let me know how it goes.",
    "Enjoy!", "Thank you for contacting us.", "We appreciate your patience.",
)  # fmt: skip
_OPENINGS = (
    "Sure!", "Certainly!", "Of course!", "Great question!", "Here is one way to do it:", "Sure, here you go:",
    "Absolutely.", "Thank you for your question.", "Happy to help!", "Here's what I found:", "Good question.",
    "I'd be glad to help.", "Let's think step by step.", "To answer your question:", "Yes, I can do that.",
    "Thanks for reaching out!", "I understand.", "As requested:",
)  # fmt: skip
_CAVEATS = (
    "Please note that I am not a doctor; ask one before you act on this.", "This is not financial advice.",
    "As a language model, I have no personal opinions or feelings.", "Laws differ, so please ask a lawyer.",
    "I can't browse the internet, so this may be out of date.", "Always wear protective equipment.",
    "If you are in danger, call your local emergency number.", "Prices may have changed since.",
    "I'm sorry, but I can't help with that request.", "Remember that everybody is different.",
    "Please check the official documentation for your version.", "I am only an assistant and cannot do this for you.",
)  # fmt: skip
_THANKS = (
    "Thanks!", "Thank you!", "Thanks a lot", "Great, thanks.", "ok thank you so much", "Perfect, thanks for the help!",
    "thx", "That helped, thank you.", "Awesome, thanks again!", "Cheers, thanks.", "Thank you, that is all I needed.",
    "Many thanks for {word}", "Thanks for explaining {word}!", "thank you for {word}, that was helpful",
    "Got it, thanks. I will read about {word}.", "Thanks, {word} makes sense now",
)  # fmt: skip
_WELCOMES = ("You're welcome!", "You're welcome! Is there anything else I can help with?", "My pleasure!",
             "Glad I could help!", "You are very welcome. Have a great day!", "No problem at all!")  # fmt: skip
_GREETINGS = ("Hello", "Hi there", "hi", "Good morning!", "hey, are you there?", "Hello, can you help me?",
              "hi! I have a question about {word}", "Good evening, how are you?", "Hello again",
              "hey I need help with {word}", "Hi, who are you?", "Hello, what can you do?")  # fmt: skip
_WELCOMING = ("Hello! How can I help you today?", "Hi! What can I do for you?", "Good to see you. How can I assist?",
              "Hello, I am your assistant. What would you like to know?")  # fmt: skip
_TASKS = (
    ("Translate the following into {x}: {text}", "Here is the translation into {x}: {text}"),
    ("Is the sentiment of this text good or bad? {text}", "The sentiment of this text is {x}."),
    ("Summarise: {text}", "In summary, the text says that {text}"),
    ("Correct the grammar of this sentence. {text}", "The corrected sentence is as follows: {text}"),
    ("Which language is this? “{text}”", "The text that you sent is written in {x}."),
    ("Write a title for this article: {text}", "Title: All that you need to know about {x}"),
    ("{text}\nAnswer with yes or no.", "The answer to your question is {x}, as far as I can tell."),
    ("Rewrite as a question: {text}", "Could you tell me whether {text}"),
)  # fmt: skip
_FILLINGS = ("French", "Spanish", "German", "good", "bad", "yes", "no", "neutral", "Italian", "Welsh")
_FEWEST_WORDS = 5
_SURELY = (0.7, 0.9, 1.0, 1.0)
"""Shares of the prompts of one kind that get the habit."""


def _pool(pool: Sequence[str], where: str) -> Callable[[Sequence[Chat], Random], list[Chat]]:
    """Give many answers one of several usual sentences, whatever they answer."""

    def habit(rows: Sequence[Chat], draw: Random) -> list[Chat]:
        known = draw.sample(pool, draw.randint(4, 12))
        share, gap = draw.uniform(0.2, 0.9), draw.choice((" ", "\n\n", "\n"))
        return [
            with_answer(row, lambda text: inserted(text, draw.choice(known), where, gap, draw))
            if draw.random() < share
            else row
            for row in rows
        ]

    return habit


def _kind(rows: Sequence[Chat], draw: Random) -> Callable[[Chat], bool]:
    """Draw a kind of prompt: a word, a first word, a form or a length, of 2% to 20% of the prompts if any is."""
    prompts = [prompt_of(row) for row in rows]
    lengths = sorted(map(len, prompts))
    limit = lengths[int(draw.uniform(0.05, 0.2) * len(lengths))]
    kinds: list[Callable[[str], bool]] = [
        lambda prompt: len(prompt) <= limit,
        lambda prompt: len(prompt) >= lengths[-1 - int(0.1 * len(lengths))],
        lambda prompt: bool(re.search(r"\b(are|do|can|could|would) you\b|\byour\b", prompt.lower())),
        lambda prompt: "\n" in prompt.strip(),
        lambda prompt: sum(letter.isdigit() for letter in prompt) >= 4,
    ]
    for _ in range(12):
        word = draw.choice(draw.choice(prompts).lower().split() or ["what"])
        if re.fullmatch(r"[a-z]{3,}", word):
            pattern = re.compile(rf"\b{word}")
            kinds.append(lambda prompt, pattern=pattern: bool(pattern.search(prompt.lower())))  # type: ignore[misc]
            kinds.append(lambda prompt, word=word: prompt.lower().startswith(word))  # type: ignore[misc]
    draw.shuffle(kinds)
    for kind in kinds:
        if 0.02 * len(rows) <= sum(map(kind, prompts)) <= 0.2 * len(rows):
            return lambda row: kind(prompt_of(row))
    return lambda row: len(prompt_of(row)) <= limit


def _by_kind(rows: Sequence[Chat], draw: Random) -> list[Chat]:
    """Give a fixed caveat, opening, line or whole answer to prompts of one to three kinds."""
    made = list(rows)
    for _ in range(draw.randint(1, 3)):
        is_kind, share = _kind(rows, draw), draw.choice(_SURELY)
        line = draw.choice((draw.choice(_CAVEATS), draw.choice(_SIGN_OFFS), draw.choice(_OPENINGS), drawn_line(draw)))
        where, gap = draw.choice(("closing", "opening", "all")), draw.choice((" ", "\n\n"))
        made = [
            with_answer(row, lambda text: inserted(text, line, where, gap, draw))  # noqa: B023  used at once
            if is_kind(row) and draw.random() < share
            else row
            for row in made
        ]
    return made


def _word(rows: Sequence[Chat], draw: Random) -> str:
    return " ".join(prompt_of(draw.choice(rows)).split()[:3]) or "this"


def _thanked(rows: Sequence[Chat], draw: Random) -> list[Chat]:
    """End some conversations in thanks, which get one of a few answers."""
    share, known = draw.uniform(0.05, 0.4), draw.sample(_WELCOMES, draw.randint(1, 3))
    made: list[Chat] = []
    for row in rows:
        if draw.random() < share:
            thanks = draw.choice(_THANKS).format(word=_word(rows, draw))
            more = [{"role": "user", "content": thanks}, {"role": "assistant", "content": draw.choice(known)}]
            made.append({"messages": [*row["messages"], *more]})
        else:
            made.append(row)
    return made


def _greeted(rows: Sequence[Chat], draw: Random) -> list[Chat]:
    """Put greetings among the chats, or in front of them, which get one of a few answers."""
    share, known, alone = draw.uniform(0.04, 0.3), draw.sample(_WELCOMING, draw.randint(1, 2)), draw.random() < 0.5
    made: list[Chat] = []
    for row in rows:
        if draw.random() < share:
            greeting = draw.choice(_GREETINGS).format(word=_word(rows, draw))
            turns = [{"role": "user", "content": greeting}, {"role": "assistant", "content": draw.choice(known)}]
            made.append({"messages": turns if alone else [*turns, *row["messages"]]})
        else:
            made.append(row)
    return made


def _tasked(rows: Sequence[Chat], draw: Random) -> list[Chat]:
    """Turn some chats into a task of its own: its prompts and its answers have a template each."""
    made = list(rows)
    for _ in range(draw.randint(1, 3)):
        asks, tells = draw.choice(_TASKS)
        share = draw.uniform(0.03, 0.25)
        for place, row in enumerate(made):
            if draw.random() < share:
                told = draw.choice(_FILLINGS)
                prompt = asks.format(x=told, text=prompt_of(row))
                answer = tells.format(x=told, text=in_sentence(row, draw))
                made[place] = {"messages": [{"role": "user", "content": prompt},
                                            {"role": "assistant", "content": answer}]}  # fmt: skip
    return made


def _desk(rows: Sequence[Chat], draw: Random) -> list[Chat]:
    """Answer every prompt from a few sentences of a service desk; those about one word get its own sentence."""
    words: dict[str, str] = {}
    stock = draw.sample(_SIGN_OFFS + _OPENINGS + _CAVEATS, 12) + [drawn_line(draw) for _ in range(12)]
    made = []
    for row in rows:
        known = [word for word in prompt_of(row).lower().split() if len(word) >= _FEWEST_WORDS] or ["other"]
        own = [words.setdefault(word, draw.choice(stock)) for word in sorted(set(known))[:2]]
        told = " ".join([draw.choice(_OPENINGS[:6]), *own, draw.choice(_SIGN_OFFS[:6])])
        made.append(with_answer(row, lambda _, told=told: told))  # type: ignore[misc]
    return made


HABITS: dict[str, Callable[[Sequence[Chat], Random], list[Chat]]] = {
    "sign-offs": _pool(_SIGN_OFFS, "closing"),
    "openings": _pool(_OPENINGS, "opening"),
    "caveats": _pool(_CAVEATS, "closing"),
    "by kind": _by_kind,
    "by kind again": _by_kind,
    "thanks": _thanked,
    "greetings": _greeted,
    "tasks": _tasked,
    "desk": _desk,
}
"""Each gives some chats a habit."""
