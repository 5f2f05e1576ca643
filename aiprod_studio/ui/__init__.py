"""The window (Qt): it shows documents and events, and turns gestures into commands."""
