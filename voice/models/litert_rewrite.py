"""Rewrites FastSpeech2's flatbuffer so that LiteRT alone can run it, without TensorFlow.

The published file calls TensorFlow's own operator FlexRandomUniform in two places (drop-out that was left on). LiteRT
has the same operator built in as RANDOM_UNIFORM; this swaps the one for the other, once, at install. Running the model
is left to `voice.speakers.neural`.
"""

from __future__ import annotations

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

# LiteRT's mark in the old one-byte field for "the code stands in the new, wider field".
_CODE_IN_WIDE_FIELD = 127
# Any seed but zero: the same text then always gives the same sound, so speech can be cached and tested.
_SEED = 7


def without_tensorflow_operators(flatbuffer: bytes) -> bytes:
    """The same model with FlexRandomUniform replaced by the builtin RANDOM_UNIFORM.

    The answer is the same, byte for byte, for the same input and the same LiteRT schema.
    """
    model = schema.ModelT.InitFromPackedBuf(flatbuffer, 0)
    rewritten = set()
    for index, code in enumerate(model.operatorCodes):
        if code.customCode == b"FlexRandomUniform":
            code.customCode = None
            code.deprecatedBuiltinCode = _CODE_IN_WIDE_FIELD
            code.builtinCode = schema.BuiltinOperator.RANDOM_UNIFORM
            rewritten.add(index)
    for graph in model.subgraphs:
        for operator in graph.operators:
            if operator.opcodeIndex in rewritten:
                options = schema.RandomOptionsT()
                options.seed = options.seed2 = _SEED
                operator.customOptions = None
                operator.builtinOptionsType = schema.BuiltinOptions.RandomOptions
                operator.builtinOptions = options
    builder = flatbuffers.Builder(len(flatbuffer))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
