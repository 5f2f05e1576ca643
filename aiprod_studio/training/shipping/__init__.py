"""From a cache to what the program ships and back: files, card, evaluation, sheets, unpacking."""
