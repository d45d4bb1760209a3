from money import cents
from starlette.applications import Starlette

app = Starlette()
