"""The starter model's world, trainer and evaluation; nothing imports this room at run time."""
