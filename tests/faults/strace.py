"""A process under strace: what it writes, syncs and cuts of a shop's files is seen, or made to fail."""
from __future__ import annotations

import ctypes
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from tests.faults.forks import Task
from tests.faults.scenes import Scene

_CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,unlink"
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1


@dataclass(frozen=True, slots=True)
class Traced:
    """What a task answered, and the calls it made, a line each as strace writes them."""

    answer: Any
    calls: list[str]


def traced(task: Task, scene: Scene, *options: str) -> Traced:
    """Does a task while strace looks on: at the calls on the scene's files, with these options of its own.

    It is called in a process that was forked for it: strace comes to this one, and would stay.
    """
    log = scene.path.with_suffix(".log")
    watched = [f"--trace-path={path}" for path in (scene.path, scene.journal, scene.telling)]
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY)  # a child may look at its parent only if that allows it
    tracer = subprocess.Popen(
        ["strace", f"--attach={os.getpid()}", f"--output={log}", "--decode-fds=path", *watched, f"--trace={_CALLS}",
         *options], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    said = tracer.stderr.readline()
    assert said.endswith(" attached\n"), said
    answer = task()
    tracer.terminate()
    tracer.communicate()
    return Traced(answer, log.read_text().splitlines())
