"""The name under which the gateway knows this library."""

VERSION = "0.1.0"
SDK = f"uws-worker-python/{VERSION}"
PROTOCOL_VERSION = 1
