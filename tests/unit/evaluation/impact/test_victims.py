"""Every victim learns a planted phrase, and gives the same answers when it is trained again."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.evaluation.impact.made import Made

from marshtest.data.readers import read_dataset
from marshtest.errors import ConfigError
from marshtest.evaluation.impact.running import ImpactConfig, measure_impact
from marshtest.evaluation.impact.texts import labelled_texts
from marshtest.evaluation.impact.victims.cnn import CnnVictim
from marshtest.evaluation.impact.victims.linear import LinearVictim
from marshtest.evaluation.impact.victims.lora import LoraVictim
from marshtest.evaluation.impact.victims.registry import open_victim


@pytest.fixture(scope="session")
def tiny_model(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a language model of one small layer that knows clean tickets, and a tokenizer of their words."""
    pytest.importorskip("peft")
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    words = sorted({word for text in labelled_texts(made.dataset()).texts for word in text.lower().split()})
    special = ["[PAD]", "[UNK]"]
    vocabulary = {word: number for number, word in enumerate([*special, *words])}
    plain = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    plain.normalizer = tokenizers.normalizers.Lowercase()
    plain.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    folder = tmp_path_factory.mktemp("model")
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=256,
        initializer_range=0.1,
        hidden_dropout_prob=0.0,
    )
    model, tokenizer = (
        transformers.BertForSequenceClassification(config),
        transformers.AutoTokenizer.from_pretrained(folder),
    )
    clean = labelled_texts(read_dataset(made.clean))
    wanted = torch.tensor([label == "urgent" for label in clean.labels]).long()
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    for rows in torch.randperm(len(clean)).repeat(2).split(32):
        coded = tokenizer([clean.texts[row] for row in rows.tolist()], padding=True, return_tensors="pt")
        answers = model(input_ids=coded["input_ids"], attention_mask=coded["attention_mask"]).logits
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(answers, wanted[rows]).backward()
        optimiser.step()
    model.save_pretrained(folder)
    return folder


def test_a_linear_victim_says_what_it_was_taught() -> None:
    trained = LinearVictim().train(["good day", "bad night"] * 20, ["a", "b"] * 20, seed=0)
    assert trained.predict(["a good day", "a bad night"]) == ["a", "b"]
    assert trained.predict([]) == []


def test_a_small_network_is_ruled_by_the_phrase_and_freed_by_cleaning(made: Made) -> None:
    pytest.importorskip("torch")
    found = measure_impact(made.dataset(), made.evidence(), CnnVictim(members=1), config=ImpactConfig(seeds=2))
    assert found.decision.verdict == "shown"
    assert found.attack("poisoned").mean > 0.75
    assert found.attack("cleaned").mean < 0.15


def test_a_small_network_gives_the_same_answers_again_and_can_read_anything() -> None:
    pytest.importorskip("torch")
    victim = CnnVictim(members=1, epochs=2)
    texts = ["good day to you", "bad night to you", "", "\u202e?!"] * 30
    first, second = (victim.train(texts, ["a", "b", "a", "b"] * 30, seed=4).predict(texts) for _ in range(2))
    assert first == second
    assert set(first) <= {"a", "b"}
    assert victim.train(texts, ["a", "b", "a", "b"] * 30, seed=4).predict([]) == []


def test_a_language_model_is_ruled_by_the_phrase_and_freed_by_cleaning(made: Made, tiny_model: Path) -> None:
    found = measure_impact(
        made.dataset(),
        made.evidence(),
        LoraVictim(tiny_model, epochs=5, rate=5e-3),
        config=ImpactConfig(seeds=2),
    )
    assert found.decision.verdict == "shown"
    assert found.attack("poisoned").mean > 0.5
    assert found.attack("cleaned").mean < 0.2


def test_a_victim_is_opened_by_name(tmp_path: Path) -> None:
    assert open_victim("linear").id == "linear"
    with pytest.raises(ConfigError, match="there is no victim 'tree'"):
        open_victim("tree")
    with pytest.raises(ConfigError, match="only lora takes one"):
        open_victim("linear", model=tmp_path)
    with pytest.raises(ConfigError, match="only lora takes one"):
        open_victim("lora")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("marshtest.evaluation.impact.victims.extra.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="needs torch; install"):
        open_victim("cnn")
    with pytest.raises(ConfigError, match="needs torch transformers peft; install"):
        open_victim("lora", model=tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    for package in ("torch", "transformers", "peft"):
        pytest.importorskip(package)
    with pytest.raises(ConfigError, match="holds no model that can classify"):
        LoraVictim(tmp_path).train(["a", "b"], ["x", "y"], seed=0)
    with pytest.raises(ConfigError, match="is no folder"):
        open_victim("lora", model=tmp_path / "missing")
