"""What lies beside the viewer: the list of shots, and what is chosen with its takes and values."""
