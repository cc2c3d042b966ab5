"""The parameters of a job."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .failures import JobFailure

F = TypeVar("F")
T = TypeVar("T")

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


@dataclass(frozen=True)
class Entry(Generic[F]):
    """One parameter as the client sent it: a value, or a file that it uploaded."""

    name: str
    value: str | None = None
    file: F | None = None


class Parameters(Generic[F]):
    """A job's parameters. Names are compared without case (UWS 1.1 follows DALI there), their order is the client's."""

    def __init__(self, entries: Sequence[Entry[F]]) -> None:
        self._entries = tuple(entries)

    def __getitem__(self, name: str) -> str:
        """The first value of this name. Raises JobFailure (fatal) where there is none."""
        value = self.get(name)
        if value is None:
            raise JobFailure(f"the parameter {name} is missing")
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._named(name))

    def __iter__(self) -> Iterator[str]:
        """Each name once, spelt as it came first."""
        return iter(self._names().values())

    def __len__(self) -> int:
        return len(self._names())

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of this name."""
        values = self.all(name)
        return values[0] if values else default

    def all(self, name: str) -> list[str]:
        """Every value of this name, in order."""
        return [entry.value for entry in self._named(name) if entry.value is not None]

    def file(self, name: str) -> F:
        """The first uploaded file of this name. Raises JobFailure (fatal) where there is none."""
        for entry in self._named(name):
            if entry.file is not None:
                return entry.file
        raise JobFailure(f"the file {name} is missing")

    def entries(self) -> tuple[Entry[F], ...]:
        """All of them, as they came."""
        return self._entries

    def as_int(self, name: str, default: int | None = None) -> int:
        """The first value as a whole number. Raises JobFailure (fatal) where it is none."""
        text = self._text(name, default)
        try:
            return int(text) if isinstance(text, str) else text
        except ValueError:
            raise JobFailure(f"the parameter {name} must be a whole number, not {text!r}") from None

    def as_float(self, name: str, default: float | None = None) -> float:
        """The first value as a number. Raises JobFailure (fatal) where it is none."""
        text = self._text(name, default)
        try:
            return float(text)
        except ValueError:
            raise JobFailure(f"the parameter {name} must be a number, not {text!r}") from None

    def as_bool(self, name: str, default: bool | None = None) -> bool:
        """The first value as true, 1, yes, on or their opposites. Raises JobFailure (fatal) where it is none of them."""
        text = self._text(name, default)
        if isinstance(text, bool):
            return text
        if text.casefold() in _TRUE:
            return True
        if text.casefold() in _FALSE:
            return False
        raise JobFailure(f"the parameter {name} must be true or false, not {text!r}")

    def _text(self, name: str, default: T | None) -> str | T:
        value = self.get(name)
        if value is not None:
            return value
        return self[name] if default is None else default

    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for entry in self._entries:
            names.setdefault(entry.name.casefold(), entry.name)
        return names

    def _named(self, name: str) -> list[Entry[F]]:
        key = name.casefold()
        return [entry for entry in self._entries if entry.name.casefold() == key]
