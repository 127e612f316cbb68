"""The models that the engines run on: what exists, under which licence, and how it comes onto this machine.

`catalogue` is the data, `ModelStore` a folder of installed models. Running a model is left to `voice.recognizers` and
`voice.speakers`.
"""

from voice.models.catalogue import CATALOGUE, Download, Model, ModelFile, Package
from voice.models.fetching import Progress
from voice.models.store import ModelError, ModelStore

__all__ = ["CATALOGUE", "Download", "Model", "ModelError", "ModelFile", "ModelStore", "Package", "Progress"]
