"""Asking a language model: questions, packing, the store of answers, budgets, batch files, the models themselves."""
