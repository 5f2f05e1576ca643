"""What the Board workspace knows without Qt: where cards lie, and what changes become."""
