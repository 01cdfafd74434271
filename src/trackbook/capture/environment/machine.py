"""The machine: CPU, memory, GPUs with driver and CUDA, and the kernel spec.  Asked once for a process.

NVIDIA's library is asked only where its driver is loaded, since it may take a second to say that there is none; without
the library the driver's files below /proc tell names and version.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DRIVER = Path("/proc/driver/nvidia")
MOST_SPECS = 50


@dataclass(frozen=True, slots=True)
class Gpus:
    names: tuple[str, ...] = ()
    memory_bytes: tuple[int, ...] = ()
    """Of each, where the driver tells."""
    driver: str = ""
    cuda: str = ""
    """The newest that the driver supports."""
    torch_cuda: str = ""
    """That PyTorch was built with, where it is imported."""


@dataclass(frozen=True, slots=True)
class Kernel:
    name: str
    display_name: str


@lru_cache(maxsize=1)
def cpu() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def memory_bytes() -> int | None:
    """Of the machine; None where it cannot be told."""
    try:
        import psutil

        return int(psutil.virtual_memory().total)
    except Exception:  # noqa: BLE001 - absent, or a platform it does not know
        return None


def gpus(driver_folder: Path = DRIVER) -> Gpus:
    """NVIDIA's GPUs; empty where there are none."""
    found = _asked(driver_folder)
    torch = sys.modules.get("torch")
    built = getattr(getattr(torch, "version", None), "cuda", None)
    names, memory, driver, cuda = found
    return Gpus(names, memory, driver, cuda, built if isinstance(built, str) else "")


@lru_cache(maxsize=2)
def _asked(folder: Path) -> tuple[tuple[str, ...], tuple[int, ...], str, str]:
    if not folder.is_dir() and sys.platform != "win32":
        return (), (), "", ""
    try:
        return _by_library()
    except Exception:  # noqa: BLE001 - not installed, or a driver that does not answer
        return _by_files(folder)


def _by_library() -> tuple[tuple[str, ...], tuple[int, ...], str, str]:
    import pynvml

    pynvml.nvmlInit()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        names = tuple(_text(pynvml.nvmlDeviceGetName(handle)) for handle in handles)
        memory = tuple(int(pynvml.nvmlDeviceGetMemoryInfo(handle).total) for handle in handles)
        cuda = int(pynvml.nvmlSystemGetCudaDriverVersion_v2())
        driver = _text(pynvml.nvmlSystemGetDriverVersion())
    finally:
        pynvml.nvmlShutdown()
    return names, memory, driver, f"{cuda // 1000}.{cuda % 1000 // 10}"


def _by_files(folder: Path) -> tuple[tuple[str, ...], tuple[int, ...], str, str]:
    names = []
    version = ""
    try:
        version = (folder / "version").read_text("utf-8", "replace")
        for file in sorted(folder.glob("gpus/*/information")):
            found = re.search(r"^Model:\s*(.+)$", file.read_text("utf-8", "replace"), re.MULTILINE)
            names.append(found[1].strip() if found else "unknown")
    except OSError:
        pass
    match = re.search(r"Kernel Module.*?\s(\d+\.\d[\d.]*)", version)
    return tuple(names), (), match[1] if match else "", ""


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def kernel() -> Kernel | None:
    """The installed kernel spec that starts this interpreter; None outside a kernel, or where no spec is known."""
    if "ipykernel" not in sys.modules:
        return None
    user = os.environ.get("JUPYTER_DATA_DIR") or "~/.local/share/jupyter"
    for place in (Path(sys.prefix) / "share" / "jupyter", Path(user).expanduser(), Path("/usr/local/share/jupyter")):
        for file in sorted(place.glob("kernels/*/kernel.json"))[:MOST_SPECS]:
            spec = _starts_us(file)
            if spec is not None:
                return Kernel(file.parent.name, spec)
    return None


def _starts_us(file: Path) -> str | None:
    """The spec's display name, where its first argument is this interpreter."""
    try:
        spec = json.loads(file.read_text("utf-8", "replace"))
        first = str(spec["argv"][0])
        # A spec inside the environment names its interpreter without a path.
        own = first in ("python", "python3") and file.is_relative_to(sys.prefix)
        return str(spec.get("display_name", "")) if own or first == sys.executable else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
