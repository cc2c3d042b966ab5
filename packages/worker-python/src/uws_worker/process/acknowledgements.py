"""Which events have been taken, when they are taken out of order."""


class Acknowledgements:
    """Events begin in order and are done in any; the acknowledged number has all before it done."""

    def __init__(self) -> None:
        self._open: dict[int, bool] = {}
        self._acknowledged = 0

    def begin(self, sequence: int) -> None:
        """It has come."""
        self._open[sequence] = False

    def done(self, sequence: int) -> int:
        """It has been taken. Returns the last number up to which all are."""
        self._open[sequence] = True
        while self._open.get(self._acknowledged + 1):
            self._acknowledged += 1
            del self._open[self._acknowledged]
        return self._acknowledged
