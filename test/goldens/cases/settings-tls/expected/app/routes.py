"""The routes, apart from the server, so that tests call them without a port."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def index(_: Request) -> JSONResponse:
    return JSONResponse({"service": "golden", "message": "Hello, world"})


async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def http_error(_: Request, error: Exception) -> JSONResponse:
    """Answers in JSON what no route answers: 404, 405."""
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"error": error.detail.lower()}, status_code=error.status_code, headers=error.headers
    )


async def failure(_: Request, __: Exception) -> JSONResponse:
    """Tells the caller no detail; Starlette raises the error again, so that it is logged."""
    return JSONResponse({"error": "internal server error"}, status_code=500)


app = Starlette(
    routes=[Route("/", index), Route("/health", health)],
    exception_handlers={HTTPException: http_error, Exception: failure},
)
