"""A headless Chromium for tests of pages, driven through its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next((path for name in NAMES if (path := shutil.which(name))), None)
"""The browser's program, None if there is none."""

_START_S = 30


class Page:
    """A page that is open.

    Attributes:
        errors: what its console has complained of: exceptions, files that are not there.
    """

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.errors: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        await self._connection.write_message(json.dumps(message))
        return await self._until("id", self._number)

    async def _until(self, key: str, value: object) -> dict[str, Any]:
        """Read messages until one has a value; note the errors among them."""
        while True:
            text = await asyncio.wait_for(self._connection.read_message(), _START_S)
            assert text is not None, "the browser is gone"
            message = json.loads(text)
            self._note(message)
            if message.get(key) == value:
                assert "error" not in message, message
                result: dict[str, Any] = message.get("result", {})
                return result

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(parameters["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url')}")

    async def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        for domain in ("Runtime", "Log", "Page"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=path.as_uri())
        await self._until("method", "Page.loadEventFired")

    async def value(self, expression: str) -> Any:
        """Return what an expression gives in the page."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def screenshot(self, path: Path) -> None:
        """Write what the whole page looks like."""
        found = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))


@contextmanager
def _browser(folder: Path) -> Iterator[int]:
    """Start the browser and yield the port that it listens on."""
    assert FOUND is not None
    process = subprocess.Popen(
        [
            *(FOUND, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000"),
            *("--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = folder / "DevToolsActivePort"
        end = time.monotonic() + _START_S
        while not (told.is_file() and told.read_text().strip()):
            assert time.monotonic() < end, "the browser does not start"
            time.sleep(0.1)
        yield int(told.read_text().split()[0])
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def opened(path: Path, folder: Path) -> AsyncIterator[Page]:
    """Open a file in a browser of its own.

    Args:
        path: of the file.
        folder: for what the browser keeps.
    """
    with _browser(folder) as port:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new", method="PUT")
        with urllib.request.urlopen(request) as answer:
            address = json.loads(answer.read())["webSocketDebuggerUrl"]
        connection = await websocket_connect(address, max_message_size=64 << 20)
        page = Page(connection)
        await page.open(path)
        yield page
        connection.close()
