"""Conversation: turns, read-back, confirmation, memory. `Conversation.turn` is all that a front door needs."""

from voice.conversation.conversation import Conversation
from voice.conversation.heard import Heard, Reply

__all__ = ["Conversation", "Heard", "Reply"]
