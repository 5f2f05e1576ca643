"""What the window's documents need without Qt: files, states, results, recovery, memory."""
