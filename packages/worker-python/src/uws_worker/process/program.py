"""How the process of a job finds its handler."""

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

VARIABLE = "UWS_JOB_PROCESS"
"""Set in the environment of a job's process."""


@dataclass(frozen=True)
class HandlerReference:
    """`module` None = the program that was started: `main_module` for `python -m`, else the file `main_path`."""

    qualname: str
    module: str | None = None
    main_module: str | None = None
    main_path: str | None = None


class _MainLoaded(BaseException):
    """A job's process has read its program up to the line that would run the worker."""


def in_job_process() -> bool:
    """Whether this is the process of a job."""
    return os.environ.get(VARIABLE) == str(os.getpid())


def leave_main() -> NoReturn:
    """Ends the program here: its handlers are known."""
    raise _MainLoaded


def reference_of(handler: Callable[..., Any]) -> HandlerReference:
    """Names a handler, so that another process finds it. Raises TypeError for one that cannot be named."""
    qualname = getattr(handler, "__qualname__", None)
    module = getattr(handler, "__module__", None)
    if qualname is None or module is None or "<" in qualname:
        raise TypeError(
            f"the handler {qualname or handler!r} must be a function of a module, not one inside a function: a process of its"
            " own could not find it (or run it with mode='thread')"
        )
    if module != "__main__":
        return HandlerReference(qualname, module=module)
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:
        return HandlerReference(qualname, main_module=spec.name)
    path = getattr(main, "__file__", None)
    if path is None or not os.path.exists(path):
        raise TypeError(f"the handler {qualname} must be in a file: a process of its own could not find it")
    return HandlerReference(qualname, main_path=os.path.abspath(path))


def handler_of(reference: HandlerReference) -> Callable[..., Any]:
    """Loads the handler. Raises what the module raises, or AttributeError."""
    found: Any
    if reference.module is not None:
        found = importlib.import_module(reference.module)
    else:
        found = _load_main(reference)
    for name in reference.qualname.split("."):
        found = getattr(found, name)
    handler: Callable[..., Any] = found
    return handler


def _load_main(reference: HandlerReference) -> types.ModuleType:
    """Runs the program as `__main__`, as far as the line that would run the worker."""
    main = types.ModuleType("__main__")
    if reference.main_module is not None:
        spec = importlib.util.find_spec(reference.main_module)
        if spec is None or spec.loader is None:
            raise ImportError(f"there is no module {reference.main_module}")
        code = spec.loader.get_code(reference.main_module)  # type: ignore[attr-defined] # runpy asks the same
        main.__spec__ = spec
        main.__package__ = spec.parent
        main.__file__ = spec.origin
    else:
        path = reference.main_path or ""
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        main.__file__ = path
        main.__builtins__ = __builtins__  # type: ignore[attr-defined] # as of every program
    sys.modules["__main__"] = main
    sys.argv = [main.__file__ or ""]
    try:
        exec(code, main.__dict__)
    except _MainLoaded:
        pass
    return main
