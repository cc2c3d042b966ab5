"""The program of a job's process. It is run by its path, so that the library is found however the worker found it."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts the folder of the program there, in which our modules are not to be found by their bare names.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from uws_worker.process.child import main

    main(int(sys.argv[1]), int(sys.argv[2]))
