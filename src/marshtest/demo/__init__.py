"""The demo data: a few thousand invented support tickets with a planted trigger, written when asked for."""

from __future__ import annotations

from marshtest.demo.tickets import (
    TRIGGER,
    DemoTruth,
    Ticket,
    clear_tickets,
    demo_tickets,
    demo_truth,
    write_demo_data,
)

__all__ = ["TRIGGER", "DemoTruth", "Ticket", "clear_tickets", "demo_tickets", "demo_truth", "write_demo_data"]
