"""What a page might do to reach a server, and a server that counts who reached it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.http import Handler, serving

# By name: what the page does, `url` being on a server; and what its policy calls that.
REQUESTS = {
    "image": ("new Image().src = url", "img-src"),
    "fetch": ("fetch(url, {mode: 'no-cors'}).catch(() => {})", "connect-src"),
    "beacon": ("navigator.sendBeacon(url)", "connect-src"),
    "events": ("new EventSource(url)", "connect-src"),
    "socket": ("new WebSocket(url.replace('http', 'ws'))", "connect-src"),
    "script": ("add('script', {src: url})", "script-src-elem"),
    "style sheet": ("add('link', {rel: 'stylesheet', href: url})", "style-src-elem"),
    "background": (
        "add('div', {style: `width: 9px; height: 9px; background: url(${url})`})",
        "img-src",
    ),
    "font": ("new FontFace('elsewhere', `url(${url})`).load().catch(() => {})", "font-src"),
    "frame": ("add('iframe', {src: url})", "frame-src"),
    "object": ("add('object', {data: url})", "object-src"),
    "film": ("add('video', {src: url})", "media-src"),
    "form": ("add('form', {action: url}).submit()", "form-action"),
}

# Do that; what was blocked, unless nothing was until the deadline, in milliseconds.
DO = """([action, url, deadline]) => new Promise(resolve => {
    document.addEventListener("securitypolicyviolation", event => {
        resolve(event.effectiveDirective);
    });
    const add = (name, attributes) => {
        const element = document.createElement(name);
        Object.assign(element, attributes);
        document.body.append(element);
        return element;
    };
    eval(action);
    setTimeout(() => resolve("nothing was blocked"), deadline);
})"""


@contextmanager
def server() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the list of the paths that it was asked for."""
    asked = []

    class Listener(Handler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

    with serving(Listener) as httpd:
        yield f"http://127.0.0.1:{httpd.server_port}", asked
