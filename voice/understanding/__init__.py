"""Understanding: what a sentence asks for, as an intent with slots. Nothing else is decided here.

`understand` is for whole sentences in any situation; answers to a question that the assistant has asked are read by
the conversation from `Understanding.mentioned` and `Understanding.kinds`, because 后天 alone is no request.
"""

from voice.understanding.normalise import normalise
from voice.understanding.understander import Understander, Understanding, understand, warm_up

__all__ = ["Understander", "Understanding", "normalise", "understand", "warm_up"]
