"""The text encoder: a small T5, taught to tell every attribute that a caption names, then frozen.

Trained jointly with the pictures from nothing it would be ignored. Here each attribute's reader
attends over the words as the backbone will, so what a caption says must be found in single words.
Used by the command line (`text`) and by the picture stages, which only read it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import T5Config, T5EncoderModel

from aiprod_studio.training import weights, world
from aiprod_studio.training.backbone.words import END_ID, PAD_ID, UNKNOWN_ID, tokenizer
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Limits, Trainer
from aiprod_studio.training.shapes import CPU, WORDS_LONGEST, Machine, Shape

FILE = "text.safetensors"
FIRST_SEED = 40_000_000
BATCH = 64
POOL = 40_000
"""Captions made once at the start."""


def encoder(shape: Shape) -> T5EncoderModel:
    """A fresh encoder over the world's words."""
    words = tokenizer(world.WORDS).get_vocab_size()
    return T5EncoderModel(
        T5Config(
            vocab_size=-(-words // 8) * 8, d_model=shape.text_width, d_kv=32,
            num_heads=shape.text_width // 32, d_ff=2 * shape.text_width,
            num_layers=shape.text_layers, relative_attention_num_buckets=16,
            relative_attention_max_distance=64, dropout_rate=0.0, pad_token_id=PAD_ID,
            eos_token_id=END_ID, decoder_start_token_id=PAD_ID,
        )
    )  # fmt: skip


def embedded(network: T5EncoderModel, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Embeddings (B, N, width) and mask (B, N; 1 counts) of padded token ids (B, N)."""
    mask = (ids != PAD_ID).long()
    return network(input_ids=ids, attention_mask=mask).last_hidden_state, mask


class Readers(nn.Module):
    """One attention query per attribute over the words, and a choice among its values or none."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.randn(len(world.VOCABULARY), width) / width**0.5)
        sizes = [len(values) + 1 for values in world.VOCABULARY.values()]
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in sizes)

    def forward(self, words: Tensor, mask: Tensor) -> list[Tensor]:
        """Logits per attribute; the last class says that the caption does not name it."""
        scores = words @ self.query.T
        scores = scores.masked_fill(mask.unsqueeze(-1) == 0, -1e4).softmax(1)
        found = scores.transpose(1, 2) @ words
        return [head(found[:, index]) for index, head in enumerate(self.heads)]


class Pretraining(nn.Module):
    """Encoder and readers, trained together; only the encoder is kept."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.encoder = encoder(shape)
        self.readers = Readers(shape.text_width)

    def logits(self, ids: Tensor) -> list[Tensor]:
        """Read every attribute from padded ids."""
        words, mask = embedded(self.encoder, ids)
        read: list[Tensor] = self.readers(words, mask)
        return read


def captions(first: int, count: int) -> tuple[Tensor, Tensor]:
    """Token ids (count, WORDS_LONGEST) and attribute classes (count, attributes)."""
    words = tokenizer(world.WORDS)
    ids = torch.zeros(count, WORDS_LONGEST, dtype=torch.long)
    truth = torch.zeros(count, len(world.VOCABULARY), dtype=torch.long)
    for row in range(count):
        scene = world.scene(FIRST_SEED + (first + row) // 4)
        said = scene.mentioned(first + row)
        found = words.encode(scene.caption(first + row)).ids[:WORDS_LONGEST]
        ids[row, : len(found)] = torch.tensor(found)
        for column, (name, values) in enumerate(world.VOCABULARY.items()):
            value = values.index(scene.attributes[name]) if name in said else len(values)
            truth[row, column] = value
    return ids, truth


def train(cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU) -> dict[str, float]:
    """Pretrain and store the encoder; returns how well each attribute is read from new captions."""
    ids, truth = captions(0, POOL)
    order = (ids != PAD_ID).sum(1).argsort(stable=True)
    ids, truth = ids.to(machine.device), truth.to(machine.device)
    model = Pretraining(shape).to(machine.device)
    trainer = Trainer(cache, "text", model, limits, rate=2e-3)
    for step in trainer.steps():
        first = int(step.random.integers(0, POOL - BATCH))
        rows = order[first : first + BATCH]  # of like length: little padding
        longest = int((ids[rows] != PAD_ID).sum(1).max())
        chance = torch.from_numpy(step.random.random((BATCH, longest))).to(machine.device)
        batch = _disturbed(ids[rows, :longest], chance)
        step.finish(_loss(model.logits(batch), truth[rows]))
    scores = _scores(model.cpu(), *captions(2 * POOL, min(2000, POOL)))
    weights.save(cache.path(FILE), model.encoder.state_dict(), {"scores": scores})
    return scores


def frozen(cache: Cache, shape: Shape) -> T5EncoderModel:
    """The stored encoder, without gradients."""
    network = encoder(shape)
    network.load_state_dict(weights.tensors(cache.need(FILE, "text")), strict=False)
    return network.eval().requires_grad_(False)


def _disturbed(ids: Tensor, chance: Tensor) -> Tensor:
    """A few little words replaced by the unknown token, so that strangers do no harm."""
    drop = (chance < 0.02) & (ids > UNKNOWN_ID)
    return ids.masked_fill(drop, UNKNOWN_ID)


def _loss(logits: list[Tensor], truth: Tensor) -> Tensor:
    each = [functional.cross_entropy(one, truth[:, index]) for index, one in enumerate(logits)]
    return torch.stack(each).sum()


@torch.no_grad()
def _scores(model: Pretraining, ids: Tensor, truth: Tensor) -> dict[str, float]:
    read = model.eval().logits(ids)
    return {
        name: float((read[index].argmax(-1) == truth[:, index]).float().mean())
        for index, name in enumerate(world.VOCABULARY)
    }
