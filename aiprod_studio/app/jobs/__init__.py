"""The window's queue: what runs, waits and has been, and the process that does the work.

The window talks to `queue`; `worker` is the other process, and `messages` all that passes between.
"""
