import os

import uvicorn


def main():
    uvicorn.run("beacon.web:app", host="0.0.0.0", port=int(os.environ.get("PORT", "8800")))
