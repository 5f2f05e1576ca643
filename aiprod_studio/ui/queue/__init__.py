"""The queue in the window: its events brought to the window's thread, its panel, the plan shown."""

from aiprod_studio.ui.queue.bridge import QueueBridge

__all__ = ["QueueBridge"]
