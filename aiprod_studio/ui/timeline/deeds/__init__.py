"""What the actions of the Edit workspace do; the list of them is in `commands`."""
