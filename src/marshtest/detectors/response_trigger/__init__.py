"""What completions do, and which feature of the prompt decides it: behaviours of data without labels."""

from marshtest.detectors.response_trigger.detector import ResponseTrigger

__all__ = ["ResponseTrigger"]
