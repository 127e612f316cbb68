"""Sound on its way in: reading files, finding speech in them, deciding when a turn has ended.

Everything behind this package is 16 kHz mono int16, whatever the sound was before. What was said is left to
`voice.recognizers`; where sound comes from and goes to is left to the front doors.
"""

from voice.audio.reading import RATE, AudioError, read_audio
from voice.audio.turns import TurnDetector, TurnEvent, TurnSettings
from voice.audio.voice_activity import SpeechSpan, SpeechTracker, speech_seconds, speech_spans

__all__ = [
    "RATE",
    "AudioError",
    "SpeechSpan",
    "SpeechTracker",
    "TurnDetector",
    "TurnEvent",
    "TurnSettings",
    "read_audio",
    "speech_seconds",
    "speech_spans",
]
