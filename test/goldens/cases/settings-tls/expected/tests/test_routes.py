"""Calls the routes as a server would (ASGI), without a port."""

import json
import unittest

from app.routes import app


async def request(method: str, path: str) -> tuple[int, object]:
    """Status and JSON body of one request."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "headers": [],
        },
        receive,
        send,
    )
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(body)


class RoutesTest(unittest.IsolatedAsyncioTestCase):
    async def test_index_names_the_service(self):
        expected = {"service": "golden", "message": "Hello, world"}
        self.assertEqual(await request("GET", "/"), (200, expected))

    async def test_health_says_ok(self):
        self.assertEqual(await request("GET", "/health"), (200, {"status": "ok"}))

    async def test_an_unknown_path_is_answered_in_json(self):
        self.assertEqual(await request("GET", "/nowhere"), (404, {"error": "not found"}))

    async def test_another_method_is_answered_in_json(self):
        self.assertEqual(await request("POST", "/"), (405, {"error": "method not allowed"}))


if __name__ == "__main__":
    unittest.main()
