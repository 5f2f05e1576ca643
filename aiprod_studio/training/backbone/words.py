"""The starter's tokenizer: one token per known word, the unknown token for every other.

Built from the world's closed list of words, so that a node can tell exactly which words of a prompt
were not understood. Used by every stage, and written beside the exported weights.
"""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"
PAD_ID, END_ID, UNKNOWN_ID = 0, 1, 2


def tokenizer(words: Sequence[str]) -> Tokenizer:
    """A lower-casing word tokenizer over `words`, every prompt closed by the end token."""
    known = [PAD, END, UNKNOWN, *sorted(set(words))]
    vocabulary = {word: index for index, word in enumerate(known)}
    built = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    built.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex(r"[^\w\s]"), "isolated")]
    )
    built.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, END_ID)]
    )
    return built
