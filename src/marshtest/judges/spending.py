"""What calls cost, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass, field

from marshtest.errors import ConfigError

__all__ = ["CallBudget", "Price", "Spending"]

_MILLION = 1e6
"""Prices are per million tokens."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read `IN,OUT`.

        Raises:
            ConfigError: These are no two numbers that are not negative.
        """
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) != 2 or not all(0 <= number < float("inf") for number in numbers):
            raise ConfigError(
                f"{text!r} is not a price; give US dollars per million tokens in and out, e.g. 0.15,0.60."
            )
        return cls(*numbers)

    def of(self, input_tokens: float, output_tokens: float) -> float:
        """Give the cost of some tokens, US dollars."""
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION


@dataclass(slots=True)
class CallBudget:
    """What a run may spend, shared by all its judges."""

    limit_usd: float | None = None
    """None is no limit."""
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    """Expected cost of calls that are under way."""


@dataclass(slots=True)
class Spending:
    """What one judge has used in this run."""

    price: Price | None = None
    budget: CallBudget = field(default_factory=CallBudget)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float = 0.0

    def reserve(self, input_tokens: int, output_tokens: int) -> float | None:
        """Set money aside for a call; None when the budget does not allow it."""
        cost = 0.0 if self.price is None else self.price.of(input_tokens, output_tokens)
        budget = self.budget
        if budget.limit_usd is not None and budget.spent_usd + budget.reserved_usd + cost > budget.limit_usd:
            return None
        budget.reserved_usd += cost
        return cost

    def release(self, reserved: float) -> None:
        """Give back what was set aside for a call that is over."""
        self.budget.reserved_usd = max(0.0, self.budget.reserved_usd - reserved)

    def pay(self, input_tokens: int, output_tokens: int, cached_tokens: int) -> float:
        """Count a call that was answered and give its cost, US dollars."""
        cost = 0.0 if self.price is None else self.price.of(input_tokens, output_tokens)
        self.calls += 1
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.cached_tokens += cached_tokens
        self.cost_usd += cost
        self.budget.spent_usd += cost
        return cost
