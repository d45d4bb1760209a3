from litestar import Litestar, get


@get("/")
async def index() -> str:
    return "library"


app = Litestar([index])
