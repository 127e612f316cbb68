"""The shared service layer: what the city does for its seniors, as a plain Python library.

No web, no audio and no words for people in here: use cases take who acts and answer with dataclasses or raise a
`ServiceError` that carries a code and facts. `webapp` and `voice` find the words.
"""
