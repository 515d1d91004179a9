"""A headless Chromium, driven over a pipe by the DevTools protocol; needs nothing but Python and the browser."""

import base64
import json
import os
import select
import subprocess
import tempfile
import time


class BrowserError(Exception):
    pass


class Browser:
    """One browser with one page.

    `problems` are what it complained of (errors, exceptions), `requests` the addresses that pages asked for.
    """

    def __init__(self, program=os.environ.get("CHROMIUM", "chromium")):
        self.problems = []
        self.requests = []
        self._number = 0
        self._replies = {}
        self._events = []
        self._unread = b""
        self._folder = tempfile.TemporaryDirectory(prefix="goldstone-browser-")
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        options = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--remote-debugging-pipe", f"--user-data-dir={self._folder.name}", "about:blank",
        ]
        # Chromium reads from its descriptor 3 and writes to 4; the shell puts the pipes' ends there, however they are
        # numbered here.
        numbers = f"3<&{to_browser} 4>&{from_browser}"
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" {numbers}', program, *options], pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        try:
            session, self._session = self._session, None
            self.call("Browser.close", _session=session)
            self._process.wait(10)
        except (BrowserError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def call(self, method, timeout=60, _session=None, **parameters):
        """The protocol's reply to a command."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._to, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise BrowserError("the browser has ended") from None
        self._read(lambda: number in self._replies, timeout, method)
        reply = self._replies.pop(number)
        if "error" in reply:
            raise BrowserError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    def open(self, address, timeout=120):
        """Goes to an address and waits until it is loaded."""
        self._events = []
        failed = self.call("Page.navigate", url=address).get("errorText")
        if failed:
            raise BrowserError(f"{address}: {failed}")
        self._read(lambda: "Page.loadEventFired" in self._events, timeout, f"loading {address}")

    def run(self, script):
        """What an expression, or a promise that it gives, evaluates to."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait_until(self, condition, timeout, what):
        """Evaluates an expression until it holds."""
        deadline = time.monotonic() + timeout
        while not self.run(condition):
            if time.monotonic() > deadline:
                raise BrowserError(f"{what}: not within {timeout} s")
            time.sleep(0.05)

    def screen(self, width, height, phone=False, dark=False):
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1,
            mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="", features=[scheme])

    def scripts(self, allowed):
        self.call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def press(self, key, code):
        for kind in ("rawKeyDown", "char", "keyUp") if key == "Enter" else ("rawKeyDown", "keyUp"):
            text = {"text": "\r"} if kind == "char" else {}
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y):
        self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def before_pages(self, script):
        """Runs a script before those of each page that is opened from now on."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def pictures(self, path, tile=5000):
        """The whole page as PNG files path-1.png, path-2.png, …, each at most `tile` high."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        tiles = max(1, -(-int(size["height"]) // tile))
        for number in range(tiles):
            top = number * tile
            clip = {"x": 0, "y": top, "width": size["width"], "height": min(tile, size["height"] - top), "scale": 1}
            drawn = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
            with open(f"{path}-{number + 1}.png", "wb") as file:
                file.write(base64.b64decode(drawn))

    def print(self, path):
        drawn = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(drawn))

    def _read(self, is_done, timeout, what):
        deadline = time.monotonic() + timeout
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._from], [], [], left)[0]:
                raise BrowserError(f"{what}: no answer within {timeout} s")
            piece = os.read(self._from, 1 << 20)
            if not piece:
                raise BrowserError(f"{what}: the browser has ended")
            *messages, self._unread = (self._unread + piece).split(b"\0")
            for message in messages:
                self._take(json.loads(message))

    def _take(self, message):
        if "id" in message:
            self._replies[message["id"]] = message
            return
        method, parameters = message["method"], message.get("params", {})
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            words = [str(part.get("value", part.get("description"))) for part in parameters["args"]]
            self.problems.append(f"{parameters['type']}: {' '.join(words)}")
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.problems.append(f"{parameters['entry']['level']}: {parameters['entry']['text']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
