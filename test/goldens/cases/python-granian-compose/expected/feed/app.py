from starlette.applications import Starlette


def create_app() -> Starlette:
    return Starlette()
