import os

import uvicorn
from starlette.applications import Starlette
from starlette.templating import Jinja2Templates

pages = Jinja2Templates(directory="templates")
names = open("etc/names.txt").read()
app = Starlette()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
