"""Whisper on CTranslate2: recognition of Mandarin without internet, with the settings that were measured best.

Speech is found first (Whisper invents words where there is none), cut out with a margin, padded with silence to a
short context instead of the usual thirty seconds, and decoded with the words that the dialogue expects. Whether the
result is believed is decided by `voice.recognizers.gates`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from voice.audio import RATE, SpeechSpan, SpeechTracker
from voice.recognizers import RecognizerError, Samples, Transcript
from voice.recognizers.gates import Evidence, refusal
from voice.recognizers.prompts import LEAD, told_words, whisper_prompt
from voice.recognizers.spectrogram import log_mel
from voice.script import simplified

# Whisper loses its way on sound that ends with the last syllable, and needs no more than this.
_SHORTEST_CONTEXT_SECONDS = 10.0
_PADDING_SECONDS = 4.0
_LONGEST_CONTEXT_SECONDS = 30.0
_MARGIN_SECONDS = 0.6
_BEAM = 5
_TOKENS_A_SECOND = 12
_SPARE_TOKENS = 16
# Several short encodings side by side are quicker than one on all cores.
_WORKERS = 2
_THREADS_EACH = 1
# A partial text costs a quarter of a second of one core.
_PARTIAL_EVERY_SECONDS = 1.5


@dataclass(frozen=True)
class Hypotheses:
    """What the model heard in one sound, likeliest first, and how sure it is."""

    texts: tuple[str, ...]
    log_probability: float
    no_speech: float


class WhisperRecognizer:
    """Whisper from the files in `directory`; loaded on the first utterance, safe to share between threads."""

    name = "whisper"
    streaming = True

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._loading = threading.Lock()

    def utterance(self, expected: Sequence[str] = ()) -> WhisperUtterance:
        """Begin a turn; see `Recognizer`. Raises RecognizerError where the model cannot be loaded."""
        with self._loading:
            model = self._model
        return WhisperUtterance(model, told_words(expected))

    @cached_property
    def _model(self) -> WhisperModel:
        try:
            return WhisperModel(self._directory)
        except Exception as error:
            # Its two libraries raise nothing narrower.
            raise RecognizerError(f"the Whisper model in {self._directory} is damaged: install it again") from error


class WhisperModel:
    """The loaded files: sound in, hypotheses out. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        self._network = ctranslate2.models.Whisper(
            str(directory), device="cpu", compute_type="int8", inter_threads=_WORKERS, intra_threads=_THREADS_EACH
        )
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        names = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")
        self._start = [self._tokenizer.token_to_id(name) for name in names]
        self._before_prompt = self._tokenizer.token_to_id("<|startofprev|>")

    def hear(
        self, samples: Samples, prompt: str, *, beam: int = _BEAM, least_context: float = _SHORTEST_CONTEXT_SECONDS
    ) -> Hypotheses:
        """Decode one sound of at most 26 seconds (16 kHz mono int16), padded to at least `least_context` seconds."""
        seconds = len(samples) / RATE
        context = min(max(least_context, seconds + _PADDING_SECONDS), _LONGEST_CONTEXT_SECONDS)
        # The sound is padded, not its spectrogram: silence has a spectrum of its own.
        padded = np.zeros(round(context * RATE), dtype=np.int16)
        padded[: len(samples)] = samples[: len(padded)]
        tokens = [
            self._before_prompt,
            *self._tokenizer.encode(f" {prompt}", add_special_tokens=False).ids,
            *self._start,
        ]
        result = self._network.generate(
            self._network.encode(ctranslate2.StorageView.from_array(log_mel(padded)[np.newaxis])),
            [tokens],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=len(tokens) + round(_TOKENS_A_SECOND * seconds) + _SPARE_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        length = len(result.sequences_ids[0])
        return Hypotheses(
            texts=tuple(self._text(ids) for ids in result.sequences_ids),
            # The network's score leaves the end of the text out of the average.
            log_probability=result.scores[0] * length / (length + 1),
            no_speech=result.no_speech_prob,
        )

    def _text(self, ids: Sequence[int]) -> str:
        return simplified(self._tokenizer.decode(list(ids)).strip())


class WhisperUtterance:
    """One turn: keeps the sound, shows partial texts, decodes when it is over. Not for two threads at once."""

    def __init__(self, model: WhisperModel, words: tuple[str, ...]) -> None:
        self._model = model
        self._words = words
        self._pieces: list[Samples] = []
        self._tracker = SpeechTracker()
        self._seconds = 0.0
        self._partial_at = 0.0
        self._partial = ""
        self._settled: tuple[tuple[SpeechSpan, ...], Transcript] | None = None

    def accept(self, samples: Samples) -> str | None:
        """Take the next sound; about every second and a half of speech answers the text so far."""
        self._pieces.append(samples)
        self._tracker.accept(samples)
        self._seconds += len(samples) / RATE
        if len(samples) > RATE:
            # A whole recording at once: nobody watches it grow.
            return None
        spans = self._tracker.spans
        if not spans or (self._settled and self._settled[0] == spans):
            return None
        if self._tracker.quiet_seconds >= _MARGIN_SECONDS:
            # A pause. If nothing more follows this is the answer already, found while she is waited for.
            self._settled = (spans, self._decode(spans))
            return self._new_partial(self._settled[1].text)
        if self._seconds - max(self._partial_at, spans[0].begins) < _PARTIAL_EVERY_SECONDS:
            return None
        return self._new_partial(self._decode(spans, beam=1).text)

    def finish(self) -> Transcript:
        """What was said, gates applied."""
        self._tracker.accept(np.zeros(RATE // 20, dtype=np.int16))
        spans = self._tracker.spans
        if self._settled and self._settled[0] == spans:
            return self._settled[1]
        return self._decode(spans)

    def _new_partial(self, text: str) -> str | None:
        self._partial_at = self._seconds
        if not text or text == self._partial:
            return None
        self._partial = text
        return text

    def _decode(self, spans: tuple[SpeechSpan, ...], beam: int = _BEAM) -> Transcript:
        sound = np.concatenate(self._pieces) if self._pieces else np.empty(0, dtype=np.int16)
        heard = [self._decode_piece(sound, piece, beam) for piece in _pieces(spans)]
        spoken = [transcript for transcript in heard if transcript.speech]
        if not spoken:
            return Transcript(text="", confidence=max((one.confidence for one in heard), default=0.0), speech=False)
        if len(heard) == 1:
            return spoken[0]
        text = "".join(transcript.text for transcript in spoken)
        return Transcript(text=text, confidence=min(one.confidence for one in spoken), speech=True)

    def _decode_piece(self, sound: Samples, spans: Sequence[SpeechSpan], beam: int) -> Transcript:
        begin = max(0, round((spans[0].begins - _MARGIN_SECONDS) * RATE))
        end = round((spans[-1].ends + _MARGIN_SECONDS) * RATE)
        heard = self._model.hear(sound[begin:end], whisper_prompt(self._words), beam=beam)
        confidence = min(1.0, math.exp(heard.log_probability)) * (1.0 - heard.no_speech)
        evidence = Evidence(
            text=heard.texts[0],
            voice_seconds=sum(span.seconds for span in spans),
            no_speech=heard.no_speech,
            log_probability=heard.log_probability,
            prompt_words=self._words,
            prompt_lead=LEAD,
        )
        if refusal(evidence):
            return Transcript(text="", confidence=confidence, speech=False)
        others = tuple(dict.fromkeys(text for text in heard.texts[1:] if text and text != heard.texts[0]))
        return Transcript(text=heard.texts[0], confidence=confidence, speech=True, alternatives=others)


def _pieces(spans: Sequence[SpeechSpan]) -> list[list[SpeechSpan]]:
    """Speech in pieces that fit the model's context with their margins, cut at pauses where there are any."""
    longest = _LONGEST_CONTEXT_SECONDS - _PADDING_SECONDS - 2 * _MARGIN_SECONDS
    pieces: list[list[SpeechSpan]] = []
    for span in spans:
        for part in _cut(span, longest):
            if pieces and part.ends - pieces[-1][0].begins <= longest:
                pieces[-1].append(part)
            else:
                pieces.append([part])
    return pieces


def _cut(span: SpeechSpan, longest: float) -> list[SpeechSpan]:
    count = math.ceil(span.seconds / longest)
    step = span.seconds / count
    return [SpeechSpan(span.begins + index * step, span.begins + (index + 1) * step) for index in range(count)]
