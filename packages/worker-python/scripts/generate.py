"""Generates the messages of worker.proto, and checks with --check that the committed files are current.

Needs grpcio-tools in the version of tests/support/tools/requirements-workers.txt.
"""

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

root = Path(__file__).resolve().parents[3]
proto = root / "proto/uws/worker/v1/worker.proto"
sdk = root / "packages/worker-python/src/uws_worker/_generated"
bare = root / "tests/worker-conformance/python/generated"


def generated() -> dict[Path, str]:
    """What each file has to hold."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"--{kind}_out={folder}" for kind in ("python", "pyi", "grpc_python")]
        include = str(files("grpc_tools") / "_proto")
        status = protoc.main(["protoc", f"-I{proto.parent}", f"-I{include}", *outputs, proto.name])
        if status != 0:
            raise SystemExit(f"protoc ended with {status}")
        texts = {path.name: path.read_text() for path in Path(folder).iterdir()}
    messages = ("worker_pb2.py", "worker_pb2.pyi")
    return {
        **{sdk / name: texts[name] for name in messages},
        **{bare / name: texts[name] for name in ("worker_pb2.py", "worker_pb2_grpc.py")},
    }


def main() -> None:
    """Writes the files, or names those that are not as they should be."""
    wanted = generated()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
        if stale:
            names = "\n".join(str(path.relative_to(root)) for path in stale)
            raise SystemExit(f"not generated from {proto.name} as it is, run {Path(__file__).name}:\n{names}")
        return
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


main()
