from fastapi import FastAPI

v1 = FastAPI()
