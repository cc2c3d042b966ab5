"""Text that fits."""


def shortened(text: object, max_bytes: int) -> str:
    """The text as UTF-8 can carry it (lone surrogates, as of names of files, are replaced), cut to so many bytes of it between
    two characters."""
    data = str(text).encode("utf-8", "replace")
    return data[: max(0, max_bytes)].decode("utf-8", "ignore")
