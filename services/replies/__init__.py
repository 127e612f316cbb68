"""How a text-message reply to an offer is read: agree, decline, stop, or unclear."""

from services.replies.reading import Kind, Label, Reply, read_reply

__all__ = ["Kind", "Label", "Reply", "read_reply"]
