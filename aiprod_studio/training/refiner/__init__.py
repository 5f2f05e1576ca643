"""The refiner of frames between keyframes: its films, its training, and how it is measured."""
