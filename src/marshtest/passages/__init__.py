"""Texts that are made to be retrieved: packs that agree, texts that open with a question, texts that give orders."""
