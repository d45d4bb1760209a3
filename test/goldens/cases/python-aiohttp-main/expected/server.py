import os

from aiohttp import web


def make_app():
    app = web.Application()
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8070")))
