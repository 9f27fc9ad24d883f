"""The judge on board: a small classifier of requests for harm and of refusals, which needs no key and no network."""
