from fastapi import FastAPI

from .v1 import v1

app = FastAPI()
app.mount("/v1", v1)
